import { TextInput } from "@mantine/core";
import { useState } from "react";

import { isDay } from "@/features/library/filterQuery";

import classes from "@/features/library/filters/FacetList.module.css";

interface DateFilterProps {
  title: string;
  /** Days as in 2024-05-31. */
  from: string | undefined;
  to: string | undefined;
  onChange: (from: string | undefined, to: string | undefined) => void;
}

/** A filter from one day to another, both included. */
export function DateFilter({ title, from, to, onChange }: DateFilterProps) {
  return (
    <section className={classes["facet"]} aria-label={title}>
      <h2 className={classes["title"]}>{title}</h2>
      <div className={classes["days"]}>
        <DayInput label="From" name={`${title} from`} day={from} onChange={(day) => onChange(day, to)} />
        <DayInput label="To" name={`${title} to`} day={to} onChange={(day) => onChange(from, day)} />
      </div>
    </section>
  );
}

interface DayInputProps {
  label: string;
  name: string;
  day: string | undefined;
  onChange: (day: string | undefined) => void;
}

/** A day, which is not one yet while the first digits of its year are typed. */
function DayInput({ label, name, day = "", onChange }: DayInputProps) {
  const [text, setText] = useState(day);
  const [known, setKnown] = useState(day);
  if (day !== known) {
    // Something else changed the address, or this did.
    setKnown(day);
    setText(day);
  }
  return (
    <TextInput
      type="date"
      size="xs"
      label={label}
      aria-label={name}
      max="9997-12-31"
      value={text}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setText(value);
        if (value === "" || isDay(value)) onChange(value || undefined);
      }}
    />
  );
}
