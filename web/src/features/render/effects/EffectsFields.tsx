import { Button, Menu, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Fragment, useEffect, useRef, useState } from "react";

import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { effectLabel, effectsOf, moved, newEffect, type Effect } from "@/features/render/effects/effect";
import { EffectCard } from "@/features/render/effects/EffectCard";
import { effectGroups, effectKinds, MOST_EFFECTS } from "@/features/render/effects/effectKinds";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";

import classes from "@/features/render/effects/EffectsFields.module.css";

interface EffectsFieldsProps {
  extras: Readonly<Record<string, unknown>>;
  /** The path of the clip in the request. */
  path: string;
  /** The position of the clip, from 1. */
  number: number;
  hasAudio: boolean;
  /** The name of the library folder that files start with. */
  root: string | undefined;
  onChange: (effects: Effect[] | undefined) => void;
}

/** The effects of a clip in order, and a menu that adds one. */
export function EffectsFields({ extras, path, number, hasAudio, root, onChange }: EffectsFieldsProps) {
  const effects = effectsOf(extras);
  const fault = useFault(`${path}.effects`);
  const list = useRef<HTMLOListElement>(null);
  const [place, setPlace] = useState<{ index: number; step: number } | null>(null);
  const set = (next: Effect[]) => onChange(next.length === 0 ? undefined : next);
  const groups = effectGroups.filter((group) => hasAudio || group !== "Audio");

  useEffect(() => {
    // The focus follows an effect that was moved.
    if (!place) return;
    const buttons = list.current?.children[place.index]?.querySelectorAll<HTMLButtonElement>("button[data-step]") ?? [];
    const enabled = [...buttons].filter((button) => !button.disabled);
    (enabled.find((one) => one.dataset["step"] === String(place.step)) ?? enabled[0])?.focus();
  }, [place]);

  function move(index: number, step: number) {
    set(moved(effects, index, index + step));
    setPlace({ index: index + step, step });
  }

  return (
    <FieldGroup name="Effects" label={`Effects of clip ${number}`}>
      {effects.length > 0 && (
        <ol className={classes["list"]} ref={list}>
          {effects.map((effect, index) => (
            // They have no identity except their index.
            <li key={index}>
              <EffectCard
                effect={effect}
                name={`effect ${index + 1} of clip ${number}`}
                number={index + 1}
                count={effects.length}
                path={`${path}.effects.${index}`}
                root={root}
                onChange={(next) => set(effects.map((one, other) => (other === index ? next : one)))}
                onMove={(step) => move(index, step)}
                onRemove={() => set(effects.filter((_, other) => other !== index))}
              />
            </li>
          ))}
        </ol>
      )}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Add effect to clip ${number}`}
            leftSection={<IconPlus size={13} aria-hidden />}
            disabled={effects.length >= MOST_EFFECTS}
          >
            Add effect
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes["menu"] ?? ""}>
          {groups.map((group) => (
            <Fragment key={group}>
              <Menu.Label>{group}</Menu.Label>
              {[...effectKinds]
                .filter(([, kind]) => kind.group === group)
                .map(([name, kind]) => (
                  <Menu.Item key={name} onClick={() => set([...effects, newEffect(name)])}>
                    {kind.label}
                  </Menu.Item>
                ))}
            </Fragment>
          ))}
        </Menu.Dropdown>
      </Menu>
      <FaultText>{fault}</FaultText>
      <VisuallyHidden role="status">
        {place && effects[place.index] && `${effectLabel(effects[place.index] ?? {})}: ${place.index + 1} of ${effects.length}`}
      </VisuallyHidden>
    </FieldGroup>
  );
}
