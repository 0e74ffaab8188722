import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type PointerEvent } from "react";

import { parseStoryboard, tileAt, type Tile } from "@/features/library/grid/storyboard";
import { releaseImage } from "@/lib/releaseMedia";

import classes from "@/features/library/grid/Scrub.module.css";

interface Box {
  fraction: number;
  width: number;
  height: number;
}

/** Shows the preview thumbnail at the horizontal position of the pointer. */
export function Scrub({ storyboardUrl }: { storyboardUrl: string }) {
  const [box, setBox] = useState<Box | null>(null);
  const layer = useRef<HTMLSpanElement>(null);
  const { data: tiles } = useQuery({
    queryKey: ["storyboard", storyboardUrl],
    queryFn: async ({ signal }) => {
      const answer = await fetch(storyboardUrl, { signal });
      return answer.ok ? parseStoryboard(await answer.text(), storyboardUrl) : [];
    },
    enabled: box !== null,
    staleTime: Infinity,
  });

  function follow(event: PointerEvent) {
    const place = layer.current?.getBoundingClientRect();
    if (event.pointerType !== "mouse" || !place) return;
    setBox({
      fraction: (event.clientX - place.left) / place.width,
      width: place.width,
      height: place.height,
    });
  }

  const tile = box && tiles && tileAt(tiles, box.fraction);
  return (
    <span
      ref={layer}
      className={classes["layer"]}
      onPointerMove={follow}
      onPointerLeave={() => setBox(null)}
    >
      {box && tile && (
        <>
          <img ref={releaseImage} className={classes["sheet"]} src={tile.sheetUrl} alt="" style={placed(tile, box)} />
          <span className={classes["line"]} style={{ insetInlineStart: `${box.fraction * 100}%` }} />
        </>
      )}
    </span>
  );
}

/** Positions the sheet so that `tile` covers the box, or fits into it if it is upright. */
function placed(tile: Tile, box: Box) {
  const scales = [box.width / tile.width, box.height / tile.height];
  const isUpright = tile.height > tile.width;
  const scale = isUpright ? Math.min(...scales) : Math.max(...scales);
  const left = (box.width - tile.width * scale) / 2;
  const top = (box.height - tile.height * scale) / 2;
  const right = tile.x + tile.width;
  const bottom = tile.y + tile.height;
  return {
    transform: `translate(${left}px, ${top}px) scale(${scale}) translate(${-tile.x}px, ${-tile.y}px)`,
    clipPath: `polygon(${[
      [tile.x, tile.y],
      [right, tile.y],
      [right, bottom],
      [tile.x, bottom],
    ]
      .map(([x, y]) => `${x}px ${y}px`)
      .join(", ")})`,
  };
}
