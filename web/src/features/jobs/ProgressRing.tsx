import classes from "@/features/jobs/ProgressRing.module.css";

const RADIUS = 9;
const AROUND = 2 * Math.PI * RADIUS;

/** A progress ring; it spins if the progress is unknown. */
export function ProgressRing({ fraction }: { fraction: number | null }) {
  return (
    <svg className={classes["ring"]} viewBox="0 0 24 24" width={22} height={22} aria-hidden>
      <circle cx={12} cy={12} r={RADIUS} className={classes["track"]} />
      <circle
        cx={12}
        cy={12}
        r={RADIUS}
        className={classes["part"]}
        data-unknown={fraction === null || undefined}
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - (fraction ?? 0.25))}
      />
    </svg>
  );
}
