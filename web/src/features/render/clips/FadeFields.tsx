import { withExtra, type ClipExtras } from "@/features/render/clips/clipChanges";
import { NumberField } from "@/features/render/fields/NumberField";

interface FadeFieldsProps {
  extras: ClipExtras;
  path: string;
  /** "clip 1". */
  of: string;
  onChange: (extras: ClipExtras) => void;
}

/** Fade-in and fade-out. */
export function FadeFields({ extras, path, of, onChange }: FadeFieldsProps) {
  return (["in", "out"] as const).map((direction) => {
    const name = `fade_${direction}_seconds`;
    return (
      <NumberField
        key={direction}
        w="6rem"
        label={`Fade ${direction}`}
        aria-label={`Fade ${direction} of ${of}, in seconds`}
        path={`${path}.${name}`}
        suffix=" s"
        placeholder="0 s"
        min={0}
        step={0.5}
        value={extras[name]}
        onChange={(seconds) => onChange(withExtra(extras, name, seconds))}
      />
    );
  });
}
