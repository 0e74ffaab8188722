import { Button } from "@mantine/core";

import { MomentInput } from "@/components/ui/clip/MomentInput";

import classes from "@/components/ui/clip/ClipBar.module.css";

interface PointFieldProps {
  name: "In" | "Out";
  placeholder: string;
  seconds: number | null;
  frameRate: string | null;
  durationSeconds: number | null;
  onSet: (seconds: number | null) => void;
  /** Sets it to the player's position; null without a player. */
  onSetHere: (() => void) | null;
}

/** The in or out point of a clip: typed, or taken from the player. */
export function PointField({ name, onSetHere, ...moment }: PointFieldProps) {
  return (
    <div className={classes["point"]}>
      <MomentInput
        {...moment}
        size="xs"
        plain
        aria-label={`${name} point`}
        leftSection={<span className={classes["name"]}>{name}</span>}
        leftSectionWidth={36}
        className={classes["input"] ?? ""}
      />
      {onSetHere && (
        <Button size="xs" variant="default" title={`Shortcut: ${name.charAt(0)}`} onClick={onSetHere}>
          Set {name.toLowerCase()}
        </Button>
      )}
    </div>
  );
}
