import { Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { usualSchedules } from "@/features/settings/settingsDraft";

interface ScheduleFieldProps {
  /** An expression as in cron; empty for never. */
  value: string;
  description: string;
  disabled: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

const OTHER = "other";
const choices = [...usualSchedules, { value: OTHER, label: "Other times…" }];

/** The times of scans: a usual choice, or an expression as in cron. */
export function ScheduleField({ value, description, disabled, error, onChange }: ScheduleFieldProps) {
  const isUsual = usualSchedules.some((one) => one.value === value);
  const [wantsOther, setWantsOther] = useState(false);
  const isOther = wantsOther || !isUsual;
  return (
    <Stack gap="xs">
      <Select
        label="Scan regularly"
        description={description}
        disabled={disabled}
        data={choices}
        value={isOther ? OTHER : value}
        allowDeselect={false}
        onChange={(chosen) => {
          setWantsOther(chosen === OTHER);
          if (chosen !== null && chosen !== OTHER) onChange(chosen);
        }}
      />
      {isOther && (
        <TextInput
          label="Times"
          description="Minute, hour, day, month and weekday, as in cron: 30 4 * * 1-5 is 4:30 from Monday to Friday."
          disabled={disabled}
          error={error}
          spellCheck={false}
          maxLength={500}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}
