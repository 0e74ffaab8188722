import { useFaultsWithin } from "@/features/render/fields/faults";
import { NumberField } from "@/features/render/fields/NumberField";
import { RootFileFields } from "@/features/render/fields/RootFileFields";
import { changed, IMAGE_PLACE, overlaysOf, type Overlay } from "@/features/render/overlays/overlay";
import { OverlayCard } from "@/features/render/overlays/OverlayCard";
import { OverlayList } from "@/features/render/overlays/OverlayList";

interface ImagesFieldProps {
  label: string;
  value: unknown;
  onChange: (images: Overlay[] | undefined) => void;
}

/** Image overlays, such as a logo. */
export function ImagesField({ label, value, onChange }: ImagesFieldProps) {
  const images = overlaysOf(value);
  const set = (next: Overlay[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <OverlayList
      label={label}
      adding="Add image"
      path="options.images"
      onAdd={() => set([...images, { image: { path: "" }, place: IMAGE_PLACE }])}
    >
      {images.map((image, index) => (
        // They have no identity except their index.
        <ImageCard
          key={index}
          image={image}
          index={index}
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
  onChange: (image: Overlay) => void;
  onRemove: () => void;
}

function ImageCard({ image, index, onChange, onRemove }: ImageCardProps) {
  const name = `image ${index + 1}`;
  const path = `options.images.${index}`;
  const wrong = useFaultsWithin(`${path}.image`);
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
      <RootFileFields
        name={name}
        file={image["image"]}
        placeholder="logos/logo.png"
        error={wrong}
        size="sm"
        onChange={(file) => onChange(changed(image, { image: file }))}
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
