import { editVideos } from "@/api/bulk";
import type { Video } from "@/api/types";

type Undo = () => Promise<void>;

/** Returns a function that undoes a change of tags of each video. */
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

/** Returns a function that restores the rating of each video. */
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
