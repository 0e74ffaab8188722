import { ActionIcon, Group, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";

import { effectLabel, valueAt, withValue, type Effect } from "@/features/render/effects/effect";
import { EffectField } from "@/features/render/effects/EffectField";
import { effectKinds } from "@/features/render/effects/effectKinds";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";

import own from "@/features/render/effects/EffectsFields.module.css";
import classes from "@/features/render/overlays/Overlay.module.css";

interface EffectCardProps {
  effect: Effect;
  /** "effect 1 of clip 2". */
  name: string;
  /** Its position, from 1. */
  number: number;
  count: number;
  /** The path of the effect in the request, such as `clips.1.effects.0`. */
  path: string;
  /** The name of the library folder that its files start with. */
  root: string | undefined;
  onChange: (effect: Effect) => void;
  onMove: (step: number) => void;
  onRemove: () => void;
}

/** An effect with its values. */
export function EffectCard({ effect, name, number, count, path, root, onChange, onMove, onRemove }: EffectCardProps) {
  const kind = effectKinds.get(String(effect["effect"]));
  const hasViews = kind?.fields.some((field) => field.name.includes(".")) ?? false;
  const fault = useFault(path);
  const steps = [
    { step: -1, words: "up", Icon: IconArrowUp, isEnd: number === 1 },
    { step: 1, words: "down", Icon: IconArrowDown, isEnd: number === count },
  ];
  return (
    <div role="group" aria-label={name} className={classes["card"]}>
      <div>
        <Text size="sm" fw={500}>
          {number}. {effectLabel(effect)}
        </Text>
        {kind?.about && (
          <Text size="xs" c="dimmed">
            {kind.about}
          </Text>
        )}
      </div>
      <Group gap={0} wrap="nowrap" align="flex-start">
        {count > 1 &&
          steps.map(({ step, words, Icon, isEnd }) => (
            <ActionIcon
              key={step}
              variant="subtle"
              color="gray"
              aria-label={`Move ${name} ${words}`}
              data-step={step}
              disabled={isEnd}
              onClick={() => onMove(step)}
            >
              <Icon size={17} aria-hidden />
            </ActionIcon>
          ))}
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={onRemove}>
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </Group>
      {kind && kind.fields.length > 0 && (
        <div className={hasViews ? own["views"] : classes["how"]}>
          {kind.fields.map((field) => (
            <EffectField
              key={field.name}
              field={field}
              of={name}
              path={`${path}.${field.name}`}
              value={valueAt(effect, field.name)}
              root={root}
              onChange={(value) => onChange(withValue(effect, field.name, value))}
            />
          ))}
        </div>
      )}
      <FaultText>{fault}</FaultText>
      {hasViews && <ViewFaults path={path} />}
    </div>
  );
}

/** The errors of parts of the frame, which several fields have together. */
function ViewFaults({ path }: { path: string }) {
  const [start, end] = [useFault(`${path}.start`), useFault(`${path}.end`)];
  return (
    <>
      <FaultText>{start && `Start: ${start}`}</FaultText>
      <FaultText>{end && `End: ${end}`}</FaultText>
    </>
  );
}
