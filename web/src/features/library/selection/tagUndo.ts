import { editVideos } from "@/api/bulk";
import type { Video } from "@/api/types";

/** Takes back a change of tags: each video gets those it had, and loses those it had not. */
export function undoOf(
  videos: readonly Video[],
  added: readonly string[],
  removed: readonly string[],
): () => Promise<void> {
  const has = (video: Video, tag: string) => video.tags.some((one) => isSame(one, tag));
  const ids = (wanted: (video: Video) => boolean) => videos.filter(wanted).map((video) => video.id);
  return async () => {
    for (const tag of added) {
      const changed = ids((video) => !has(video, tag));
      if (changed.length > 0) await editVideos({ video_ids: changed }, { removeTags: [tag] });
    }
    for (const tag of removed) {
      const changed = ids((video) => has(video, tag));
      if (changed.length > 0) await editVideos({ video_ids: changed }, { addTags: [tag] });
    }
  };
}

function isSame(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;
}
