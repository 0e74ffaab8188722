import { Button, NativeSelect, NumberInput, Switch, Text, TextInput } from "@mantine/core";

import type { Preset, RenderOption } from "@/api/renders";
import { MomentsField } from "@/features/render/options/MomentsField";
import { usualValue, valueWords } from "@/features/render/options/optionWords";
import { TextsField } from "@/features/render/options/TextsField";

import classes from "@/features/render/options/OptionsForm.module.css";

interface OptionFieldProps {
  option: RenderOption;
  preset: Preset;
  /** Undefined: as the preset has it. */
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One option, as its type asks for. */
export function OptionField({ option, preset, value, onChange }: OptionFieldProps) {
  const usual = usualValue(option, preset);
  const shown = {
    size: "sm",
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
          ...(isUsual ? [] : [{ value: "", label: "As the preset and the videos have it" }]),
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
          placeholder={usual === null ? "As the video" : String(usual)}
          allowDecimal={option.type === "number"}
          {...(option.minimum !== null && { min: option.minimum })}
          {...(option.maximum !== null && { max: option.maximum })}
          clampBehavior="blur"
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
      return Array.isArray(value) && value.length > 0 ? (
        <Text size="sm" component="div">
          {value.length} kept from the recipe{" "}
          <Button size="compact-xs" variant="default" onClick={() => onChange(undefined)}>
            Remove
          </Button>
        </Text>
      ) : null;
    default:
      return (
        <TextInput
          {...shown}
          placeholder={usual === null ? "As the video" : String(usual)}
          value={typeof value === "string" || typeof value === "number" ? String(value) : ""}
          onChange={(event) => onChange(event.currentTarget.value.trim() || undefined)}
        />
      );
  }
}
