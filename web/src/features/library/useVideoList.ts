import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import type { Video, VideoQuery } from "@/api/types";
import { WINDOW_SIZE, windowQuery } from "@/api/videos";

export interface VideoList {
  /** The number of videos; undefined until the first response. */
  total: number | undefined;
  /** Returns the video at an index; undefined if it is not loaded. */
  at: (index: number) => Video | undefined;
  /** Reports the visible range, which is then fetched. */
  look: (first: number, last: number) => void;
  /** Whether the list is that of the previous query. */
  isOld: boolean;
  error: Error | null;
  retry: () => void;
}

/** Adjacent windows are fetched at once; after far jumps, when scrolling rests. */
const REST_MILLISECONDS = 80;

/** A list of any length, of which only visible windows are fetched. */
export function useVideoList(query: VideoQuery): VideoList {
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const top = useQuery({ ...windowQuery(query, 0), placeholderData: keepPreviousData });
  const numbers = useMemo(() => range(Math.max(seen.first, 1), seen.last), [seen]);
  const others = useQueries({
    queries: numbers.map((index) => ({ ...windowQuery(query, index), enabled: !top.isPlaceholderData })),
  });

  const windows = new Map([[0, top.data?.items]]);
  others.forEach((window, place) => windows.set(numbers[place] ?? 0, window.data?.items));
  const at = (index: number) => windows.get(Math.floor(index / WINDOW_SIZE))?.[index % WINDOW_SIZE];

  const [settle] = useState(restless);
  const look = useCallback(
    (first: number, last: number) => {
      const next = { first: Math.floor(first / WINDOW_SIZE), last: Math.floor(last / WINDOW_SIZE) };
      settle(
        () => setSeen((now) => (now.first === next.first && now.last === next.last ? now : next)),
        next,
      );
    },
    [settle],
  );
  const all = others.concat(top);
  const failed = all.find((one) => one.error);
  return {
    total: top.data?.total,
    at,
    look,
    isOld: top.isPlaceholderData,
    error: failed?.error ?? null,
    retry: () => all.forEach((one) => one.error && void one.refetch()),
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
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
