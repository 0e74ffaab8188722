import { NativeSelect, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { presetsQuery } from "@/api/renders";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFaultsWithin } from "@/features/render/fields/faults";
import type { DraftTransition } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

const USUAL_SECONDS = 1;

interface TransitionFieldProps {
  /** The number of the second clip. */
  clipNumber: number;
  transition: DraftTransition | null;
  onChange: (transition: DraftTransition | null) => void;
}

/** The transition between two clips. */
export function TransitionField({ clipNumber, transition, onChange }: TransitionFieldProps) {
  const { data } = useQuery(presetsQuery);
  const fault = useFaultsWithin(`clips.${clipNumber - 1}.transition`);
  return (
    <div className={classes["transition"]}>
      <NativeSelect
        size="xs"
        variant="unstyled"
        aria-label={`Transition into clip ${clipNumber}`}
        value={transition?.kind ?? ""}
        data={[
          { value: "", label: "Cut" },
          ...(data?.transitions ?? []).map(({ kind, label }) => ({ value: kind, label })),
        ]}
        onChange={(event) => {
          const kind = event.currentTarget.value;
          onChange(kind === "" ? null : { kind, seconds: transition?.seconds ?? USUAL_SECONDS });
        }}
      />
      {transition && (
        <NumberInput
          size="xs"
          w="6rem"
          aria-label={`Duration of the transition into clip ${clipNumber}, in seconds`}
          suffix=" s"
          min={0.1}
          max={60}
          step={0.5}
          decimalScale={3}
          value={transition.seconds}
          onChange={(seconds) => {
            if (typeof seconds === "number" && seconds > 0) onChange({ ...transition, seconds });
          }}
        />
      )}
      <FaultText>{fault}</FaultText>
    </div>
  );
}
