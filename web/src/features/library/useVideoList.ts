import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { Video, VideoQuery } from "@/api/types";
import { dropOldWindows, WINDOW_SIZE, windowQuery } from "@/api/videos";

export interface VideoList {
  query: VideoQuery;
  /** The number of videos; undefined until the first response. */
  total: number | undefined;
  /** Returns the video at an index; undefined if it is not loaded. */
  at: (index: number) => Video | undefined;
  /** Returns the index of a video; undefined if it is not loaded. */
  find: (id: string) => number | undefined;
  /** Returns all loaded videos. */
  loaded: () => Video[];
  /** Reports the visible range, and further indexes, which are then fetched. */
  look: (first: number, last: number, kept: readonly number[]) => void;
  /** Whether the list is that of the previous query. */
  isOld: boolean;
  isFetching: boolean;
  error: Error | null;
  retry: () => void;
}

/** Adjacent windows are fetched at once; after far jumps, when scrolling rests. */
const REST_MILLISECONDS = 80;

/** A list of any length, of which only visible windows are fetched. */
export function useVideoList(query: VideoQuery): VideoList {
  const queryClient = useQueryClient();
  const [seen, setSeen] = useState<Seen>({ first: 0, last: 0, kept: [] });
  const top = useQuery({ ...windowQuery(query, 0), placeholderData: keepPreviousData });
  const numbers = useMemo(() => numbersOf(seen), [seen]);
  const others = useQueries({
    queries: numbers.map((index) => ({ ...windowQuery(query, index), enabled: !top.isPlaceholderData })),
  });

  useEffect(() => dropOldWindows(queryClient), [queryClient, numbers]);

  const windows = new Map([[0, top.data?.items]]);
  others.forEach((window, place) => windows.set(numbers[place] ?? 0, window.data?.items));
  const at = (index: number) => windows.get(Math.floor(index / WINDOW_SIZE))?.[index % WINDOW_SIZE];
  function find(id: string): number | undefined {
    for (const [number, videos] of windows) {
      const place = videos?.findIndex((video) => video.id === id) ?? -1;
      if (place >= 0) return number * WINDOW_SIZE + place;
    }
    return undefined;
  }

  const [settle] = useState(restless);
  const look = useCallback(
    (first: number, last: number, kept: readonly number[]) => {
      const next = {
        first: Math.floor(first / WINDOW_SIZE),
        last: Math.floor(last / WINDOW_SIZE),
        kept: kept.map((index) => Math.floor(index / WINDOW_SIZE)),
      };
      settle(() => setSeen((now) => (isSame(now, next) ? now : next)), next);
    },
    [settle],
  );
  const all = others.concat(top);
  const failed = all.find((one) => one.error);
  return {
    query,
    total: top.data?.total,
    at,
    find,
    loaded: () => [...windows.values()].flatMap((videos) => videos ?? []),
    look,
    isOld: top.isPlaceholderData,
    isFetching: all.some((one) => one.isFetching),
    error: failed?.error ?? null,
    retry: () => all.forEach((one) => one.error && void one.refetch()),
  };
}

/** Numbers of windows. */
interface Seen {
  first: number;
  last: number;
  kept: readonly number[];
}

function isSame(one: Seen, other: Seen): boolean {
  return one.first === other.first && one.last === other.last && String(one.kept) === String(other.kept);
}

/** Returns the numbers of all windows but the first, which is always loaded. */
function numbersOf({ first, last, kept }: Seen): number[] {
  const numbers = new Set(Array.from({ length: last - first + 1 }, (_, place) => first + place));
  kept.forEach((number) => numbers.add(number));
  numbers.delete(0);
  return [...numbers];
}

/** Returns a function that runs near calls at once, and far ones after a rest. */
function restless() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before = 0;
  return (run: () => void, { first }: { first: number }) => {
    clearTimeout(timer);
    const settle = () => {
      before = first;
      run();
    };
    if (Math.abs(first - before) <= 1) settle();
    else timer = setTimeout(settle, REST_MILLISECONDS);
  };
}
