import { IconAlertTriangle, IconFileOff, IconMovie, IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";

import type { Video } from "@/api/types";
import { releaseImage } from "@/lib/releaseMedia";

import classes from "@/features/library/grid/Thumbnail.module.css";

const icons = {
  ok: IconMovie,
  bad: IconAlertTriangle,
  skipped: IconFileOff,
  missing: IconPlugConnectedX,
} as const;

/** The thumbnail of a video, or an icon without one; `width` is in pixels on screen. */
export function Thumbnail({ video, width }: { video: Video; width: number }) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const url = video.thumbnail_url;
  if (url === null || url === failedUrl) {
    const Icon = icons[video.status];
    return (
      <span className={classes["none"]} data-status={video.status}>
        <Icon size="28%" stroke={1.25} aria-hidden />
      </span>
    );
  }
  const isUpright = (video.height ?? 0) > (video.width ?? 0);
  return (
    <img
      ref={releaseImage}
      className={classes["picture"]}
      data-upright={isUpright || undefined}
      data-status={video.status}
      src={url}
      srcSet={`${url} 320w, ${url}&width=640 640w`}
      sizes={`${Math.round(width)}px`}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setFailedUrl(url)}
    />
  );
}
