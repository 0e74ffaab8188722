import { IconMovie } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import type { DuplicateCopy } from "@/api/duplicates";
import { releaseImage, useVideoRelease } from "@/lib/releaseMedia";

import classes from "@/features/duplicates/CompareDialog.module.css";

interface ComparedPictureProps {
  copy: DuplicateCopy;
  /** Seconds. */
  moment: number;
}

/** The picture of a copy at a moment, or its thumbnail if this browser does not play it. */
export function ComparedPicture({ copy, moment }: ComparedPictureProps) {
  const player = useRef<HTMLVideoElement>(null);
  const [isRefused, setRefused] = useState(copy.stream_url === null);
  useVideoRelease(player);
  useEffect(() => {
    if (player.current) player.current.currentTime = moment;
  }, [moment]);
  return (
    <>
      <div className={classes["picture"]}>
        {copy.stream_url !== null && !isRefused ? (
          <video
            ref={player}
            src={copy.stream_url}
            poster={copy.thumbnail_url ?? undefined}
            preload="metadata"
            muted
            playsInline
            tabIndex={-1}
            aria-hidden
            onLoadedMetadata={(event) => {
              event.currentTarget.currentTime = moment;
            }}
            onError={() => setRefused(true)}
          />
        ) : copy.thumbnail_url !== null ? (
          <img ref={releaseImage} src={copy.thumbnail_url} alt="" />
        ) : (
          <IconMovie size={40} stroke={1.25} aria-hidden />
        )}
      </div>
      {isRefused && (
        <span className={classes["note"]}>
          This browser does not play it{copy.thumbnail_url !== null && ": the picture is its thumbnail"}.
        </span>
      )}
    </>
  );
}
