import { useQuery } from "@tanstack/react-query";

import { markersQuery } from "@/api/markers";
import type { VideoDetail } from "@/api/types";

import classes from "@/features/video/markers/Markers.module.css";

/** Marks on the timeline of the player; the list of markers has their words and goes there. */
export function MarkerTicks({ video }: { video: VideoDetail }) {
  const { data: markers = [] } = useQuery(markersQuery(video.id));
  const { duration_seconds: duration } = video;
  if (!duration || markers.length === 0) return null;
  // A file may have become shorter than its markers say.
  const at = (seconds: number) => Math.min(seconds / duration, 1) * 100;
  return (
    <span className={classes["ticks"]} aria-hidden data-testid="marker-ticks">
      {markers.map(({ id, start_seconds: start, end_seconds: end }) => (
        <span
          key={id}
          className={classes["tick"]}
          data-range={end === null ? undefined : true}
          style={{
            left: `min(${at(start)}%, 100% - 3px)`,
            ...(end !== null && { width: `${at(end) - at(start)}%` }),
          }}
        />
      ))}
    </span>
  );
}
