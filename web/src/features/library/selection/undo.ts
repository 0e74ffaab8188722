import { editVideos } from "@/api/bulk";
import type { Video } from "@/api/types";

type Undo = () => Promise<void>;

/** Takes back a change of tags: each video gets those it had, and loses those it had not. */
export function undoOfTags(
  videos: readonly Video[],
  added: readonly string[],
  removed: readonly string[],
): Undo {
  const has = (video: Video, tag: string) => video.tags.some((one) => isSame(one, tag));
  const ids = (wanted: (video: Video) => boolean) => videos.filter(wanted).map((video) => video.id);
  return async () => {
    for (const tag of added) {
      await editVideos({ video_ids: ids((video) => !has(video, tag)) }, { removeTags: [tag] });
    }
    for (const tag of removed) {
      await editVideos({ video_ids: ids((video) => has(video, tag)) }, { addTags: [tag] });
    }
  };
}

/** Takes back a rating: each video gets the one it had. */
export function undoOfRating(videos: readonly Video[]): Undo {
  const ratings = new Set(videos.map((video) => video.rating));
  return async () => {
    for (const rating of ratings) {
      const ids = videos.filter((video) => video.rating === rating).map((video) => video.id);
      await editVideos({ video_ids: ids }, { rating });
    }
  };
}

function isSame(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;
}
