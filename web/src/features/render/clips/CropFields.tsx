import { NativeSelect, Text } from "@mantine/core";

import type { components } from "@/api/generated/schema";
import type { VideoDetail } from "@/api/types";
import { centeredCrop, cropOf, withExtra, type ClipExtras, type Crop } from "@/features/render/clips/clipChanges";
import { FieldGroup } from "@/features/render/clips/FieldGroup";
import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";

import classes from "@/features/render/clips/ClipMore.module.css";

interface CropFieldsProps {
  extras: ClipExtras;
  path: string;
  number: number;
  video: VideoDetail | undefined;
  onChange: (extras: ClipExtras) => void;
}

const rotations: Readonly<Record<components["schemas"]["Clip"]["rotate"], string>> = {
  0: "None",
  90: "90° clockwise",
  180: "180°",
  270: "90° counterclockwise",
};
const shapes: Readonly<Record<string, number>> = { "16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1, "4:5": 4 / 5, "9:16": 9 / 16 };
const sides: readonly [keyof Crop, string][] = [
  ["x", "From left"],
  ["y", "From top"],
  ["width", "Width"],
  ["height", "Height"],
];
const EIGHTH = 0.125;

/** Crop and rotation of a clip. */
export function CropFields({ extras, path, number, video, onChange }: CropFieldsProps) {
  const crop = cropOf(extras);
  const fault = useFault(`${path}.crop`);
  const size = turnedSize(video, extras["rotate"]);
  const set = (value: Crop | undefined) => onChange(withExtra(extras, "crop", value));

  function choose(shape: string) {
    const ratio = shapes[shape];
    if (shape === "") set(undefined);
    else if (size && ratio) set(centeredCrop(size.width, size.height, ratio));
    else set(size ? inset(size.width, size.height) : { x: 0, y: 0, width: 640, height: 360 });
  }

  return (
    <FieldGroup name="Video" label={`Video of clip ${number}`}>
      <NativeSelect
        size="xs"
        w="7.5rem"
        label="Rotate"
        aria-label={`Rotate clip ${number}`}
        data={Object.entries(rotations).map(([value, label]) => ({ value, label }))}
        value={typeof extras["rotate"] === "number" ? String(extras["rotate"]) : "0"}
        onChange={(event) => onChange(withExtra(extras, "rotate", Number(event.currentTarget.value) || undefined))}
      />
      <NativeSelect
        size="xs"
        w="8.5rem"
        label="Crop"
        aria-label={`Crop clip ${number}`}
        data={[
          { value: "", label: "None" },
          ...(size ? Object.keys(shapes).map((shape) => ({ value: shape, label: `${shape}, centered` })) : []),
          { value: "free", label: "Custom" },
        ]}
        value={crop === null ? "" : (shapeOf(crop, size) ?? "free")}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {crop !== null && (
        <div className={classes["sides"]}>
          {sides.map(([side, label]) => (
            <NumberField
              key={side}
              label={label}
              aria-label={`${label} of the crop of clip ${number}, in pixels`}
              path={`${path}.crop.${side}`}
              suffix=" px"
              allowDecimal={false}
              min={0}
              step={2}
              value={crop[side]}
              onChange={(pixels) => set({ ...crop, [side]: pixels ?? 0 })}
            />
          ))}
        </div>
      )}
      <FaultText>{fault}</FaultText>
      {crop !== null && size && fault === undefined && (
        <Text size="xs" c="dimmed" className={classes["note"] ?? ""}>
          Source: {size.width} × {size.height} pixels{extras["rotate"] ? ", rotated" : ""}
        </Text>
      )}
    </FieldGroup>
  );
}

/** Returns the size after rotation; null if unknown. */
function turnedSize(video: VideoDetail | undefined, rotate: unknown): { width: number; height: number } | null {
  if (!video?.width || !video.height) return null;
  const isSideways = rotate === 90 || rotate === 270;
  return isSideways ? { width: video.height, height: video.width } : { width: video.width, height: video.height };
}

/** Returns the centered shape that equals a crop; undefined if none does. */
function shapeOf(crop: Crop, size: { width: number; height: number } | null): string | undefined {
  if (!size) return undefined;
  return Object.keys(shapes).find((shape) => {
    const one = centeredCrop(size.width, size.height, shapes[shape] ?? 1);
    return sides.every(([side]) => one[side] === crop[side]);
  });
}

/** Returns an initial custom crop. */
function inset(width: number, height: number): Crop {
  const whole = centeredCrop(width, height, width / height);
  const [x, y] = [whole.width, whole.height].map((side) => Math.floor((side * EIGHTH) / 2) * 2);
  return { x: x ?? 0, y: y ?? 0, width: whole.width - 2 * (x ?? 0), height: whole.height - 2 * (y ?? 0) };
}
