import { NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";

import type { Preset, RenderOption } from "@/api/renders";
import { useFault } from "@/features/render/fields/faults";
import { MomentsField } from "@/features/render/options/MomentsField";
import { usualValue, valueWords } from "@/features/render/options/optionWords";
import { ImagesField } from "@/features/render/overlays/ImagesField";
import { TextsField } from "@/features/render/overlays/TextsField";

import classes from "@/features/render/options/OptionsForm.module.css";

interface OptionFieldProps {
  option: RenderOption;
  preset: Preset;
  /** Undefined for the preset's default. */
  value: unknown;
  onChange: (value: unknown) => void;
}

/** The field of an option, by its type. */
export function OptionField({ option, preset, value, onChange }: OptionFieldProps) {
  const usual = usualValue(option, preset);
  const fault = useFault(`options.${option.name}`);
  const shown = {
    size: "sm",
    error: fault,
    label: option.unit === null ? option.label : `${option.label} (${option.unit})`,
    description: option.description?.replaceAll("`", ""),
    inputWrapperOrder: ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[],
  };
  const choices = preset.choices[option.name] ?? option.choices;
  if (choices) {
    const isUsual = usual !== null && choices.includes(String(usual));
    const chosen = typeof value === "string" ? value : "";
    const all = chosen === "" || choices.includes(chosen) ? choices : [...choices, chosen];
    return (
      <NativeSelect
        {...shown}
        value={chosen === "" && isUsual ? String(usual) : chosen}
        data={[
          ...(isUsual ? [] : [{ value: "", label: "Automatic" }]),
          ...all.map((name) => ({ value: name, label: valueWords(option.name, name) })),
        ]}
        onChange={(event) => {
          const name = event.currentTarget.value;
          onChange(name === "" || name === String(usual) ? undefined : name);
        }}
      />
    );
  }
  switch (option.type) {
    case "integer":
    case "number":
      return (
        <NumberInput
          {...shown}
          placeholder={usual === null ? "Same as source" : String(usual)}
          allowDecimal={option.type === "number"}
          {...(option.minimum !== null && { min: option.minimum })}
          {...(option.maximum !== null && { max: option.maximum })}
          clampBehavior="none"
          value={typeof value === "number" ? value : ""}
          onChange={(number) => onChange(typeof number === "number" ? number : undefined)}
        />
      );
    case "boolean":
      return (
        <Switch
          label={shown.label}
          description={shown.description}
          className={classes["switch"] ?? ""}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked ? true : undefined)}
        />
      );
    case "moments":
      return <MomentsField shown={shown} value={value} onChange={onChange} />;
    case "texts":
      return (
        <div className={classes["wide"]}>
          <TextsField label={option.label} value={value} onChange={onChange} />
        </div>
      );
    case "images":
      return (
        <div className={classes["wide"]}>
          <ImagesField label={option.label} value={value} onChange={onChange} />
        </div>
      );
    default:
      return (
        <TextInput
          {...shown}
          placeholder={usual === null ? "Same as source" : String(usual)}
          value={textOf(value)}
          onChange={(event) => onChange(event.currentTarget.value.trim() || undefined)}
        />
      );
  }
}

/** Returns a value as it can be typed: lists with commas. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
