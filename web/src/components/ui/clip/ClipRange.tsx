import type { ClipPoints } from "@/components/ui/clip/clipPoints";

import classes from "@/components/ui/clip/ClipBar.module.css";

interface ClipRangeProps {
  points: ClipPoints;
  durationSeconds: number | null;
}

/** The selected part of a video, as a bar below its player. */
export function ClipRange({ points, durationSeconds }: ClipRangeProps) {
  const { inSeconds, outSeconds } = points;
  if (!durationSeconds) return null;
  const start = Math.min((inSeconds ?? 0) / durationSeconds, 1) * 100;
  const end = Math.min((outSeconds ?? durationSeconds) / durationSeconds, 1) * 100;
  return (
    <div className={classes["range"]} aria-hidden>
      <div
        className={classes["chosen"]}
        data-whole={(inSeconds === null && outSeconds === null) || undefined}
        style={{ left: `${start}%`, width: `${end - start}%` }}
      />
    </div>
  );
}
