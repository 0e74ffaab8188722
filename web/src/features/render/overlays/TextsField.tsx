import { Checkbox, Textarea, TextInput } from "@mantine/core";

import { useFault } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import { changed, overlaysOf, textOf, TEXT_PLACE, type Overlay } from "@/features/render/overlays/overlay";
import { OverlayCard } from "@/features/render/overlays/OverlayCard";
import { OverlayList } from "@/features/render/overlays/OverlayList";

import classes from "@/features/render/overlays/Overlay.module.css";

interface TextsFieldProps {
  label: string;
  value: unknown;
  onChange: (texts: Overlay[] | undefined) => void;
}

/** Text overlays. */
export function TextsField({ label, value, onChange }: TextsFieldProps) {
  const texts = overlaysOf(value);
  const set = (next: Overlay[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <OverlayList
      label={label}
      adding="Add text"
      path="options.texts"
      onAdd={() => set([...texts, { text: "", place: TEXT_PLACE }])}
    >
      {texts.map((text, index) => (
        // They have no identity except their index.
        <TextCard
          key={index}
          text={text}
          index={index}
          onChange={(next) => set(texts.map((one, place) => (place === index ? next : one)))}
          onRemove={() => set(texts.filter((_, place) => place !== index))}
        />
      ))}
    </OverlayList>
  );
}

interface TextCardProps {
  text: Overlay;
  index: number;
  onChange: (text: Overlay) => void;
  onRemove: () => void;
}

function TextCard({ text, index, onChange, onRemove }: TextCardProps) {
  const name = `text ${index + 1}`;
  const path = `options.texts.${index}`;
  const fault = useFault(`${path}.text`);
  return (
    <OverlayCard
      name={name}
      path={path}
      overlay={text}
      usualPlace={TEXT_PLACE}
      onChange={onChange}
      onRemove={onRemove}
      look={<TextLook text={text} name={name} path={path} onChange={onChange} />}
    >
      <Textarea
        size="sm"
        className={classes["words"] ?? ""}
        aria-label={`Text ${index + 1}`}
        placeholder="Text"
        autosize
        minRows={1}
        maxRows={6}
        maxLength={500}
        error={fault}
        value={textOf(text["text"])}
        onChange={(event) => onChange(changed(text, { text: event.currentTarget.value }))}
      />
    </OverlayCard>
  );
}

interface TextLookProps {
  text: Overlay;
  name: string;
  path: string;
  onChange: (text: Overlay) => void;
}

const WHITE = "#ffffff";
const OPAQUE_LENGTH = WHITE.length;

function TextLook({ text, name, path, onChange }: TextLookProps) {
  const color = textOf(text["color"], WHITE);
  const fault = useFault(`${path}.color`);
  return (
    <>
      <NumberField
        w="6rem"
        label="Size"
        aria-label={`Size of ${name}, in percent of the height`}
        path={`${path}.size`}
        suffix="%"
        placeholder="6%"
        min={1}
        max={50}
        times={100}
        value={text["size"]}
        onChange={(size) => onChange(changed(text, { size }))}
      />
      <TextInput
        size="xs"
        type="color"
        className={classes["color"] ?? ""}
        label="Color"
        aria-label={`Color of ${name}`}
        error={fault}
        value={color.slice(0, OPAQUE_LENGTH)}
        // The alpha channel, which this field does not show, is kept.
        onChange={(event) =>
          onChange(changed(text, { color: event.currentTarget.value + color.slice(OPAQUE_LENGTH) }))
        }
      />
      <Checkbox
        size="xs"
        label="Background box"
        aria-label={`Background box of ${name}`}
        className={classes["check"] ?? ""}
        checked={text["box"] !== false}
        onChange={(event) => onChange(changed(text, { box: event.currentTarget.checked ? undefined : false }))}
      />
    </>
  );
}
