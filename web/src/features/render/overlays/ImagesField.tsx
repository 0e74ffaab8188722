import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import { useFaultsWithin } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import { changed, IMAGE_PLACE, overlaysOf, textOf, type Overlay } from "@/features/render/overlays/overlay";
import { OverlayCard } from "@/features/render/overlays/OverlayCard";
import { OverlayList } from "@/features/render/overlays/OverlayList";

import classes from "@/features/render/overlays/Overlay.module.css";

interface ImagesFieldProps {
  label: string;
  value: unknown;
  onChange: (images: Overlay[] | undefined) => void;
}

/** Image overlays, such as a logo. */
export function ImagesField({ label, value, onChange }: ImagesFieldProps) {
  const { data } = useQuery(rootsQuery);
  const roots = data?.items.map((root) => root.name) ?? [];
  const images = overlaysOf(value);
  const set = (next: Overlay[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <OverlayList
      label={label}
      adding="Add image"
      path="options.images"
      onAdd={() => set([...images, { image: { root: roots[0] ?? "", path: "" }, place: IMAGE_PLACE }])}
    >
      {images.map((image, index) => (
        // They have no identity except their index.
        <ImageCard
          key={index}
          image={image}
          index={index}
          roots={roots}
          onChange={(next) => set(images.map((one, place) => (place === index ? next : one)))}
          onRemove={() => set(images.filter((_, place) => place !== index))}
        />
      ))}
    </OverlayList>
  );
}

interface ImageCardProps {
  image: Overlay;
  index: number;
  /** The names of the library folders. */
  roots: readonly string[];
  onChange: (image: Overlay) => void;
  onRemove: () => void;
}

function ImageCard({ image, index, roots, onChange, onRemove }: ImageCardProps) {
  const name = `image ${index + 1}`;
  const path = `options.images.${index}`;
  const wrong = useFaultsWithin(`${path}.image`);
  const file = typeof image["image"] === "object" && image["image"] !== null ? (image["image"] as Overlay) : {};
  // The folders may have been unknown when it was added.
  const root = textOf(file["root"]) || (roots[0] ?? "");
  const setFile = (change: Overlay) => onChange(changed(image, { image: { ...file, root, ...change } }));
  return (
    <OverlayCard
      name={name}
      path={path}
      overlay={image}
      usualPlace={IMAGE_PLACE}
      onChange={onChange}
      onRemove={onRemove}
      look={<ImageLook image={image} name={name} path={path} onChange={onChange} />}
    >
      <NativeSelect
        size="sm"
        className={classes["root"] ?? ""}
        aria-label={`Library folder of ${name}`}
        data={roots.includes(root) ? [...roots] : [root, ...roots]}
        value={root}
        onChange={(event) => setFile({ root: event.currentTarget.value })}
      />
      <TextInput
        size="sm"
        className={classes["path"] ?? ""}
        aria-label={`Path of ${name} in that folder`}
        placeholder="logos/logo.png"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        error={wrong}
        value={textOf(file["path"])}
        onChange={(event) => setFile({ path: event.currentTarget.value })}
      />
    </OverlayCard>
  );
}

function ImageLook({ image, name, path, onChange }: { image: Overlay; name: string; path: string; onChange: (image: Overlay) => void }) {
  return (
    <>
      <NumberField
        w="6rem"
        label="Width"
        aria-label={`Width of ${name}, in percent of the frame`}
        path={`${path}.width`}
        suffix="%"
        placeholder="15%"
        min={1}
        max={100}
        times={100}
        value={image["width"]}
        onChange={(width) => onChange(changed(image, { width }))}
      />
      <NumberField
        w="6rem"
        label="Opacity"
        aria-label={`Opacity of ${name}, in percent`}
        path={`${path}.opacity`}
        suffix="%"
        placeholder="100%"
        min={1}
        max={100}
        step={10}
        times={100}
        value={image["opacity"]}
        onChange={(opacity) => onChange(changed(image, { opacity }))}
      />
    </>
  );
}
