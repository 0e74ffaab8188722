import { NumberInput, type NumberInputProps } from "@mantine/core";

import { useFault } from "@/features/render/fields/faults";
import { secondsOf } from "@/lib/renderDraft";

interface NumberFieldProps extends Omit<NumberInputProps, "value" | "onChange" | "error"> {
  /** The path of the field in the request, such as `clips.0.speed`. */
  path: string;
  /** The value in the request: a number, or seconds as an exact fraction in text. */
  value: unknown;
  /** The factor from the request to the display: 100 for percentages. */
  times?: number;
  onChange: (value: number | undefined) => void;
}

/** A number field; values out of range are reported by the server, not clamped silently. */
export function NumberField({ path, value, times = 1, onChange, ...input }: NumberFieldProps) {
  const fault = useFault(path);
  const number = typeof value === "number" ? value : secondsOf(value);
  return (
    <NumberInput
      size="xs"
      decimalScale={3}
      clampBehavior="none"
      {...input}
      value={number === null ? "" : rounded(number * times)}
      error={fault}
      onChange={(typed) => onChange(typeof typed === "number" ? rounded(typed / times) : undefined)}
    />
  );
}

/** Removes floating-point noise. */
function rounded(number: number): number {
  return Math.round(number * 1e9) / 1e9;
}
