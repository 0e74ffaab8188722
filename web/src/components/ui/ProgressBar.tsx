import classes from "@/components/ui/ProgressBar.module.css";

interface ProgressBarProps {
  /** The name of the task. */
  label: string;
  /** The progress in words. */
  words: string;
  /** 0 to 1; null if unknown. */
  fraction: number | null;
  size?: "sm" | "lg";
  color?: string;
  /** Whether the task has not started. */
  idle?: boolean;
}

/** A progress bar; it is animated if the progress is unknown. */
export function ProgressBar(props: ProgressBarProps) {
  const { label, words, fraction, size = "sm", color = "cyan", idle = false } = props;
  const known = fraction !== null;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuetext={words}
      {...(known && { "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.floor(fraction * 100) })}
      className={classes["track"]}
      data-size={size}
    >
      <div
        className={classes["bar"]}
        data-unknown={(!known && !idle) || undefined}
        style={{
          background: `var(--mantine-color-${color}-filled)`,
          ...((known || idle) && { transform: `scaleX(${fraction ?? 0})` }),
        }}
      />
    </div>
  );
}
