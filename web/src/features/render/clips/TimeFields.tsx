import { withExtra, type ClipExtras } from "@/features/render/clips/clipChanges";
import { FadeFields } from "@/features/render/clips/FadeFields";
import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { NumberField } from "@/features/render/fields/NumberField";

interface TimeFieldsProps {
  extras: ClipExtras;
  path: string;
  number: number;
  hasSpeed?: boolean;
  onChange: (extras: ClipExtras) => void;
}

/** Speed and fades of a clip. */
export function TimeFields({ extras, path, number, hasSpeed = true, onChange }: TimeFieldsProps) {
  return (
    <FieldGroup name="Timing" label={`Timing of clip ${number}`}>
      {hasSpeed && (
        <NumberField
          w="6rem"
          label="Speed"
          aria-label={`Speed of clip ${number}, as a factor`}
          path={`${path}.speed`}
          suffix="×"
          placeholder="1×"
          min={0.1}
          max={16}
          step={0.25}
          value={extras["speed"]}
          onChange={(speed) => onChange(withExtra(extras, "speed", speed))}
        />
      )}
      <FadeFields extras={extras} path={path} of={`clip ${number}`} onChange={onChange} />
    </FieldGroup>
  );
}
