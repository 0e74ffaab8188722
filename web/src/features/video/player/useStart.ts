import { notifications } from "@mantine/notifications";
import { useSearch } from "@tanstack/react-router";
import { useCallback, useRef } from "react";

import type { ShowEffect } from "@/features/video/player/KeyFeedback";
import { seekTo } from "@/components/ui/player/playback";
import { formatDuration } from "@/lib/format";
import { parseLinkMoment } from "@/lib/moments";

/**
 * Returns a function that starts a player whose duration is known at the moment in the address.
 *
 * It returns whether there is such a moment, which comes before the position to resume. Each moment
 * is used once, so that loading the file again stays where people are.
 */
export function useStart(show: ShowEffect): (element: HTMLVideoElement) => boolean {
  const { t } = useSearch({ from: "/videos/$videoId" });
  const used = useRef<string>(undefined);
  return useCallback(
    (element) => {
      const seconds = t === undefined ? null : parseLinkMoment(t);
      if (seconds === null) return false;
      if (used.current === t) return true;
      used.current = t;
      seekTo(element, seconds);
      if (seconds > element.duration) sayTooLate(seconds, element.duration);
      else show("forward", `Starts at ${formatDuration(seconds)}`);
      return true;
    },
    [t, show],
  );
}

function sayTooLate(seconds: number, durationSeconds: number): void {
  notifications.show({
    color: "yellow",
    title: "The link leads past the end",
    message: `It leads to ${formatDuration(seconds)}, but this video ends at ${formatDuration(durationSeconds)}.`,
  });
}
