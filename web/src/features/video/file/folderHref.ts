import type { VideoDetail } from "@/api/types";

/** The library, showing what is in the folder of this video. */
export function folderHref(video: Pick<VideoDetail, "root" | "folder">): string {
  const search = new URLSearchParams({ root: video.root });
  if (video.folder) search.set("folder", video.folder);
  return `/?${search.toString()}`;
}
