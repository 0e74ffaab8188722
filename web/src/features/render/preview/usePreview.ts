import { useCallback, useMemo, useState } from "react";

import { placeAt, totalSeconds, type Segment } from "@/features/render/preview/segments";

const STEP_SECONDS = 0.1;

/** What plays in the preview, and where. */
export interface Preview {
  /** The index of the segment that is shown. */
  index: number;
  /** Where it begins, in seconds since its start; each `jump` leads there anew. */
  offset: number;
  jump: number;
  plays: boolean;
  /** The time in the preview, which moves in steps. */
  seconds: number;
  total: number;
  seek: (seconds: number) => void;
  toggle: () => void;
  /** Takes the time of the segment with this key. */
  onTime: (key: string, offset: number) => void;
  /** Goes on after the segment with this key. */
  onEnd: (key: string) => void;
}

/** Plays segments one after the other, from the start on. */
export function usePreview(segments: readonly Segment[]): Preview {
  const [cursor, setCursor] = useState({ index: 0, offset: 0, jump: 0 });
  const [plays, setPlays] = useState(true);
  const [passed, setPassed] = useState(0);
  const total = useMemo(() => totalSeconds(segments), [segments]);
  const index = Math.min(cursor.index, Math.max(segments.length - 1, 0));
  const segment = segments[index];

  const seek = useCallback(
    (seconds: number) => {
      const place = placeAt(segments, seconds);
      setCursor(({ jump }) => ({ ...place, jump: jump + 1 }));
      setPassed(place.offset);
    },
    [segments],
  );
  const seconds = Math.min((segment?.at ?? 0) + passed, total);
  return {
    ...cursor,
    index,
    plays,
    seconds,
    total,
    seek,
    toggle: () => {
      if (!plays && seconds >= total - STEP_SECONDS / 2) seek(0);
      setPlays(!plays);
    },
    onTime: (key, offset) => {
      // Rounded, so that the page is drawn anew only a few times a second.
      if (key === segment?.key) setPassed(Math.floor(offset / STEP_SECONDS) * STEP_SECONDS);
    },
    onEnd: (key) => {
      if (key !== segment?.key) return;
      if (index + 1 >= segments.length) {
        setPlays(false);
        setPassed(segment.seconds);
        return;
      }
      setCursor(({ jump }) => ({ index: index + 1, offset: 0, jump }));
      setPassed(0);
    },
  };
}
