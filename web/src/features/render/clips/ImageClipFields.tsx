import { Text } from "@mantine/core";

import { ClipMore } from "@/features/render/clips/ClipMore";
import { withExtra } from "@/features/render/clips/clipChanges";
import { useFaultsWithin } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import { RootFileFields } from "@/features/render/fields/RootFileFields";
import type { DraftClip } from "@/lib/renderDraft";

import classes from "@/features/render/clips/ClipList.module.css";

interface ImageClipFieldsProps {
  clip: DraftClip;
  /** Its position among the clips, from 1. */
  number: number;
  onChange: (change: Partial<DraftClip>) => void;
}

/** An image that is shown as a clip: its file and its duration. */
export function ImageClipFields({ clip, number, onChange }: ImageClipFieldsProps) {
  const path = `clips.${number - 1}`;
  const wrongFile = useFaultsWithin(`${path}.image`);
  const set = (name: string, value: unknown) => onChange({ more: withExtra(clip.more, name, value) });
  return (
    <div className={classes["what"]}>
      <Text size="sm" fw={600} className={classes["title"]}>
        {number}. Image (silent)
      </Text>
      <RootFileFields
        name={`the image of clip ${number}`}
        file={clip.more["image"]}
        placeholder="titles/card.png"
        error={wrongFile}
        onChange={(image) => set("image", image)}
      />
      <NumberField
        w="7.5rem"
        label="Duration"
        aria-label={`Duration of image ${number}, in seconds`}
        path={`${path}.seconds`}
        suffix=" s"
        min={0}
        step={0.5}
        value={clip.more["seconds"]}
        onChange={(seconds) => set("seconds", seconds)}
      />
      <ClipMore extras={clip.more} number={number} video={undefined} isImage onChange={(more) => onChange({ more })} />
    </div>
  );
}
