import { Text } from "@mantine/core";

import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import type { DraftClip } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

interface GapFieldsProps {
  /** The value in the request. */
  seconds: unknown;
  /** Its position among the clips, from 1. */
  number: number;
  onChange: (change: Partial<DraftClip>) => void;
}

/** The duration of a gap. */
export function GapFields({ seconds, number, onChange }: GapFieldsProps) {
  const fault = useFault(`clips.${number - 1}`);
  return (
    <div className={classes["what"]}>
      <Text size="sm" fw={600} className={classes["title"]}>
        {number}. Gap (black, silent)
      </Text>
      <NumberField
        w="7.5rem"
        aria-label={`Duration of gap ${number}, in seconds`}
        path={`clips.${number - 1}.gap_seconds`}
        suffix=" s"
        min={0}
        step={0.5}
        value={seconds}
        onChange={(length) => onChange({ more: { gap_seconds: length ?? 0 } })}
      />
      <FaultText>{fault}</FaultText>
    </div>
  );
}
