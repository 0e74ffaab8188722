import { queryOptions } from "@tanstack/react-query";

import { client, dataOf } from "@/api/client";
import type { TreeRoot } from "@/api/types";

/** The number of folders in one window of a long level. */
export const LEVEL_WINDOW = 100;
const KEPT_MILLISECONDS = 600_000;

/** A folder of the library: the name of its root, and its path in it, "" for the root itself. */
export interface FolderPlace {
  root: string;
  folder: string;
}

// The keys start like those of videos, whose changes change them.

/** The roots of the library, with what is in them. */
export const treeRootsQuery = queryOptions({
  queryKey: ["videos", "tree", "roots"] as const,
  queryFn: async ({ signal }) =>
    // Without a root, each item is one.
    dataOf(await client.GET("/api/v1/folders/tree", { signal })).items as TreeRoot[],
});

/** Window `index`, counted from 0, of the subfolders of a folder. */
export function levelQuery({ root, folder }: FolderPlace, index: number) {
  return queryOptions({
    queryKey: ["videos", "tree", "level", root, folder, index] as const,
    queryFn: async ({ signal }) => {
      const query = { root, folder, limit: LEVEL_WINDOW, offset: index * LEVEL_WINDOW };
      return dataOf(await client.GET("/api/v1/folders/tree", { params: { query }, signal }));
    },
    gcTime: KEPT_MILLISECONDS,
    retry: false,
  });
}

/** The folders from the root down to a folder, with their places in their levels. */
export function folderPathQuery({ root, folder }: FolderPlace) {
  return queryOptions({
    queryKey: ["videos", "tree", "path", root, folder] as const,
    queryFn: async ({ signal }) =>
      dataOf(await client.GET("/api/v1/folders/tree/path", { params: { query: { root, folder } }, signal }))
        .items,
    retry: false,
  });
}
