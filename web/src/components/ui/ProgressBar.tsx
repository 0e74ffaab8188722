import classes from "@/components/ui/ProgressBar.module.css";

interface ProgressBarProps {
  /** What is going on. */
  label: string;
  /** How far it is, in words. */
  words: string;
  /** 0 to 1; null while it is not known. */
  fraction: number | null;
  size?: "sm" | "lg";
  color?: string;
  /** Nothing goes on yet. */
  idle?: boolean;
}

/** A bar that fills, or that only says that something goes on. */
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
