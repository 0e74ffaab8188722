import { FacetList } from "@/features/library/filters/FacetList";

interface DurationFilterProps {
  /** In seconds. */
  least: number | undefined;
  most: number | undefined;
  onChange: (least: number | undefined, most: number | undefined) => void;
}

const MINUTE = 60;
const HOUR = 3600;

const ranges: readonly { label: string; least?: number; most?: number }[] = [
  { label: "Under 1 minute", most: MINUTE },
  { label: "1 to 5 minutes", least: MINUTE, most: 5 * MINUTE },
  { label: "5 to 20 minutes", least: 5 * MINUTE, most: 20 * MINUTE },
  { label: "20 to 60 minutes", least: 20 * MINUTE, most: HOUR },
  { label: "1 hour or more", least: HOUR },
];

/** A filter by duration; the address accepts other ranges too. */
export function DurationFilter({ least, most, onChange }: DurationFilterProps) {
  const chosen = ranges.find((range) => range.least === least && range.most === most);
  return (
    <FacetList
      title="Duration"
      choices={ranges.map(({ label }) => ({ value: label, label, count: null }))}
      chosen={chosen ? [chosen.label] : []}
      onToggle={(value) => {
        const range = ranges.find((one) => one.label === value);
        if (range === chosen) onChange(undefined, undefined);
        else onChange(range?.least, range?.most);
      }}
    />
  );
}
