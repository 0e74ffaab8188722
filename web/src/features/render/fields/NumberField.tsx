import { NumberInput, type NumberInputProps } from "@mantine/core";

import { useFault } from "@/features/render/fields/faults";
import { secondsOf } from "@/lib/renderDraft";

interface NumberFieldProps extends Omit<NumberInputProps, "value" | "onChange" | "error"> {
  /** Of the field in the request, such as `clips.0.speed`. */
  path: string;
  /** As the request says it: a number, or seconds as an exact fraction in text. */
  value: unknown;
  /** How often the shown number is the one in the request: 100 for parts shown in percent. */
  times?: number;
  onChange: (value: number | undefined) => void;
}

/** A number of a request; what is out of bounds is said by the server, not changed in silence. */
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

/** Without what dividing adds at the far end. */
function rounded(number: number): number {
  return Math.round(number * 1e9) / 1e9;
}
