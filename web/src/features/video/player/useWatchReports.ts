import { useQueryClient } from "@tanstack/react-query";
import { useEffect, type RefObject } from "react";

import { reportWatch, STARTED_KEY } from "@/api/watch";
import { forgetPosition, keepPosition } from "@/lib/keptPositions";

const REPORT_MILLISECONDS = 10_000;
/** A smaller move is none. */
const MOVE_SECONDS = 0.5;

/**
 * Reports how far a video was played: regularly, on pause, at its end, and when people leave.
 *
 * Who only opens a video reports nothing: a position from elsewhere stays.
 */
export function useWatchReports(videoId: string, player: RefObject<HTMLVideoElement | null>): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const video = player.current;
    if (!video) return;
    const element = video;
    let reportedAt = Date.now();
    let reported: number | null = null;
    function report() {
      const seconds = element.currentTime;
      if (element.played.length === 0 || Math.abs(seconds - (reported ?? -1)) < MOVE_SECONDS) return;
      reportedAt = Date.now();
      reported = seconds;
      const body = element.ended ? { watched: true } : { position_seconds: seconds };
      reportWatch(queryClient, videoId, body).then(
        () => forgetPosition(videoId),
        () => keepPosition(videoId, seconds),
      );
    }
    function reportSometimes() {
      if (Date.now() - reportedAt > REPORT_MILLISECONDS) report();
    }
    function reportIfHidden() {
      if (document.visibilityState === "hidden") report();
    }
    element.addEventListener("timeupdate", reportSometimes);
    element.addEventListener("pause", report);
    element.addEventListener("ended", report);
    window.addEventListener("pagehide", report);
    document.addEventListener("visibilitychange", reportIfHidden);
    return () => {
      report();
      void queryClient.invalidateQueries({ queryKey: STARTED_KEY });
      element.removeEventListener("timeupdate", reportSometimes);
      element.removeEventListener("pause", report);
      element.removeEventListener("ended", report);
      window.removeEventListener("pagehide", report);
      document.removeEventListener("visibilitychange", reportIfHidden);
    };
  }, [videoId, player, queryClient]);
}
