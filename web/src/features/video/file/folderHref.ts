import type { VideoDetail } from "@/api/types";

/** Returns the address of the library filtered by this video's folder. */
export function folderHref(video: Pick<VideoDetail, "root" | "folder">): string {
  const search = new URLSearchParams({ root: video.root });
  if (video.folder) search.set("folder", video.folder);
  return `/?${search.toString()}`;
}
