import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

import { parseMoment } from "@/lib/moments";

interface MomentsFieldProps {
  shown: TextInputProps;
  value: unknown;
  onChange: (moments: number[] | undefined) => void;
}

/** A field for several times. */
export function MomentsField({ shown, value, onChange }: MomentsFieldProps) {
  const [typed, setTyped] = useState(() => (Array.isArray(value) ? value.join("; ") : ""));
  const parts = typed.split(/[;\s]+/).filter((part) => part !== "");
  const moments = parts.map((part) => parseMoment(part, null));
  const isWrong = moments.includes(null);

  function change(text: string) {
    setTyped(text);
    const next = text.split(/[;\s]+/).filter((part) => part !== "").map((part) => parseMoment(part, null));
    if (!next.includes(null)) onChange(next.length === 0 ? undefined : next.map(Number));
  }

  return (
    <TextInput
      {...shown}
      placeholder="1:02.5; 1:30"
      error={isWrong ? "Enter times such as 1:02.5; 1:30" : shown.error}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
