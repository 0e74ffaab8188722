import { Checkbox, NativeSelect } from "@mantine/core";

import type { AudioStream } from "@/api/types";
import { withExtra, type ClipExtras } from "@/features/render/clips/clipChanges";
import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { useFault } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";

import classes from "@/features/render/clips/ClipMore.module.css";

interface SoundFieldsProps {
  extras: ClipExtras;
  path: string;
  /** "clip 1". */
  of: string;
  /** Null if unknown. */
  streams: readonly AudioStream[] | null;
  canMute?: boolean;
  onChange: (extras: ClipExtras) => void;
}

/** Volume and audio stream of a clip. */
export function SoundFields({ extras, path, of, streams, canMute = false, onChange }: SoundFieldsProps) {
  const fault = useFault(`${path}.audio_stream`);
  const chosen = extras["audio_stream"];
  const count = Math.max(streams?.length ?? 0, typeof chosen === "number" ? chosen + 1 : 0);
  const set = (name: string, value: unknown) => onChange(withExtra(extras, name, value));
  return (
    <FieldGroup name="Audio" label={`Audio of ${of}`}>
      <NumberField
        w="6.5rem"
        label="Volume"
        aria-label={`Volume of ${of}, in decibels`}
        path={`${path}.volume_db`}
        suffix=" dB"
        placeholder="0 dB"
        min={-60}
        max={30}
        disabled={extras["mute"] === true}
        value={extras["volume_db"]}
        onChange={(volume) => set("volume_db", volume)}
      />
      {(count > 1 || typeof chosen === "number") && (
        <NativeSelect
          size="xs"
          label="Audio stream"
          aria-label={`Audio stream of ${of}`}
          error={fault}
          data={[
            { value: "", label: "First" },
            ...Array.from({ length: count }, (_, number) => ({
              value: String(number),
              label: streamWords(streams?.[number], number),
            })),
          ]}
          value={typeof chosen === "number" ? String(chosen) : ""}
          onChange={(event) => {
            const number = event.currentTarget.value;
            set("audio_stream", number === "" ? undefined : Number(number));
          }}
        />
      )}
      {canMute && (
        <Checkbox
          size="xs"
          label="Mute"
          aria-label={`Mute ${of}`}
          className={classes["check"] ?? ""}
          checked={extras["mute"] === true}
          onChange={(event) => set("mute", event.currentTarget.checked || undefined)}
        />
      )}
    </FieldGroup>
  );
}

function streamWords(stream: AudioStream | undefined, number: number): string {
  if (!stream) return `${number + 1} (missing)`;
  const facts = [stream.title, stream.language, stream.layout].filter((one) => one);
  return [`${number + 1}`, ...facts].join(" · ");
}
