import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { listOf } from "@/api/collections";
import type { Video } from "@/api/types";
import { dropOldWindows, WINDOW_SIZE, windowQuery } from "@/api/videos";

/** The videos of a collection from index `first` to `last`, of which only these are fetched. */
export function useCollectionVideos(id: string, first: number, last: number) {
  const queryClient = useQueryClient();
  const query = useMemo(() => listOf(id), [id]);
  const start = Math.floor(first / WINDOW_SIZE);
  const numbers = Array.from({ length: Math.floor(Math.max(last, first) / WINDOW_SIZE) - start + 1 }, (_, place) => start + place);
  const windows = useQueries({ queries: numbers.map((number) => windowQuery(query, number)) });
  useEffect(() => dropOldWindows(queryClient), [queryClient, start]);
  const at = (index: number): Video | undefined =>
    windows[Math.floor(index / WINDOW_SIZE) - start]?.data?.items[index % WINDOW_SIZE];
  return {
    query,
    total: windows.find((one) => one.data)?.data?.total,
    at,
    /** Returns the index of a video; undefined if it is not loaded. */
    find: (videoId: string): number | undefined => {
      for (const [place, window] of windows.entries()) {
        const found = window.data?.items.findIndex((video) => video.id === videoId) ?? -1;
        if (found >= 0) return (start + place) * WINDOW_SIZE + found;
      }
      return undefined;
    },
    /** Returns the id of the video at an index, wherever it is; null beyond the end. */
    idAt: async (index: number): Promise<string | null> => {
      const loaded = at(index);
      if (loaded) return loaded.id;
      const window = await queryClient.query(windowQuery(query, Math.floor(index / WINDOW_SIZE)));
      return window.items[index % WINDOW_SIZE]?.id ?? null;
    },
    error: windows.find((one) => one.error)?.error ?? null,
    retry: () => windows.forEach((one) => one.error && void one.refetch()),
  };
}

export type CollectionVideos = ReturnType<typeof useCollectionVideos>;
