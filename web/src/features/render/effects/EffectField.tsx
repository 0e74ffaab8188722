import { NativeSelect, TextInput } from "@mantine/core";

import { units, type EffectFieldKind } from "@/features/render/effects/effectKinds";
import { useFault, useFaultsWithin } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import { RootFileFields } from "@/features/render/fields/RootFileFields";

import classes from "@/features/render/overlays/Overlay.module.css";

interface EffectFieldProps {
  field: EffectFieldKind;
  /** "effect 1 of clip 2". */
  of: string;
  /** The path of the field in the request, such as `clips.1.effects.0.radius`. */
  path: string;
  /** Undefined for the default. */
  value: unknown;
  root: string | undefined;
  onChange: (value: unknown) => void;
}

/** The field of a value of an effect, by its type. */
export function EffectField({ field, of, path, value, root, onChange }: EffectFieldProps) {
  const fault = useFault(path);
  const inside = useFaultsWithin(path);
  const label = `${field.label} of ${of}`;
  switch (field.type) {
    case "number": {
      const { suffix, times, words } = units[field.unit];
      return (
        <NumberField
          w="6.5rem"
          maw="100%"
          label={field.label}
          aria-label={label + words}
          path={path}
          suffix={suffix}
          times={times}
          min={field.min}
          {...(field.max !== undefined && { max: field.max })}
          step={field.step ?? 1}
          placeholder={field.usual === undefined ? "" : `${field.usual}${suffix}`}
          value={value}
          onChange={onChange}
        />
      );
    }
    case "choice":
      return (
        <NativeSelect
          size="xs"
          label={field.label}
          aria-label={label}
          error={fault}
          data={Object.entries(field.choices).map(([choice, words]) => ({ value: choice, label: words }))}
          value={typeof value === "string" ? value : field.usual}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "color":
      return (
        <TextInput
          size="xs"
          type="color"
          className={classes["color"] ?? ""}
          label={field.label}
          aria-label={label}
          error={fault}
          value={typeof value === "string" ? value : field.usual}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "file":
      return (
        <RootFileFields
          name={`the ${field.label} of ${of}`}
          file={value}
          placeholder={field.placeholder}
          error={inside}
          usualRoot={root}
          onChange={onChange}
        />
      );
  }
}
