import { ActionIcon, NativeSelect } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { MomentInput } from "@/components/ui/clip/MomentInput";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";
import { changed, placeLabels, textOf, type Overlay } from "@/features/render/overlays/overlay";
import { secondsOf } from "@/lib/renderDraft";

import classes from "@/features/render/overlays/Overlay.module.css";

interface OverlayCardProps {
  /** "text 1". */
  name: string;
  /** The path of the overlay in the request, such as `options.texts.0`. */
  path: string;
  overlay: Overlay;
  usualPlace: string;
  /** The fields of its content. */
  children: ReactNode;
  /** The fields of its style. */
  look: ReactNode;
  onChange: (overlay: Overlay) => void;
  onRemove: () => void;
}

/** An overlay: its content, position, time and style. */
export function OverlayCard({ name, path, overlay, usualPlace, children, look, onChange, onRemove }: OverlayCardProps) {
  const fault = useFault(path);
  const moments = [
    ["start_seconds", "Start", "Beginning", useFault(`${path}.start_seconds`)],
    ["end_seconds", "End", "End", useFault(`${path}.end_seconds`)],
  ] as const;
  return (
    <div role="group" aria-label={name} className={classes["card"]}>
      <div className={classes["what"]}>{children}</div>
      <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={onRemove}>
        <IconX size={17} aria-hidden />
      </ActionIcon>
      <div className={classes["how"]}>
        <NativeSelect
          size="xs"
          w="8.5rem"
          label="Position" aria-label={`Position of ${name}`}
          data={Object.entries(placeLabels).map(([value, label]) => ({ value, label }))}
          value={textOf(overlay["place"], usualPlace)}
          onChange={(event) => onChange(changed(overlay, { place: event.currentTarget.value }))}
        />
        {moments.map(([field, label, placeholder, wrong]) => (
          <MomentInput
            key={field}
            size="xs"
            w="6.5rem"
            plain
            label={label}
            aria-label={`${label} of ${name}`}
            placeholder={placeholder}
            error={wrong}
            seconds={secondsOf(overlay[field])}
            frameRate={null}
            durationSeconds={null}
            onSet={(seconds) => onChange(changed(overlay, { [field]: seconds ?? undefined }))}
          />
        ))}
        {look}
      </div>
      <FaultText>{fault}</FaultText>
    </div>
  );
}
