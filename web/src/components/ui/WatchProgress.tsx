import type { Video } from "@/api/types";
import { formatPercent } from "@/lib/format";

import classes from "@/components/ui/WatchProgress.module.css";

/** A thin bar at the lower edge of a picture: how far a started video was watched. */
export function WatchProgress({ video }: { video: Video }) {
  const { position_seconds: seconds, duration_seconds: duration } = video;
  if (seconds <= 0 || !duration) return null;
  const fraction = Math.min(seconds / duration, 1);
  return (
    <span className={classes["track"]} role="img" aria-label={`${formatPercent(fraction)} watched`}>
      <span className={classes["bar"]} style={{ width: `${fraction * 100}%` }} />
    </span>
  );
}
