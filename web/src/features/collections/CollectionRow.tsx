import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconGripVertical, IconMovie } from "@tabler/icons-react";
import { memo, type CSSProperties, type HTMLAttributes, type MouseEvent } from "react";

import type { Video } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { releaseImage } from "@/lib/releaseMedia";
import { shownName } from "@/lib/shownName";
import { statusLabels } from "@/lib/videoStatus";

import classes from "@/features/collections/CollectionRows.module.css";

interface CollectionRowProps {
  video: Video | undefined;
  /** The place in the list, from 0. */
  place: number;
  total: number;
  style: CSSProperties;
  isMoving: boolean;
  handle: HTMLAttributes<HTMLButtonElement>;
  onOpen: (event: MouseEvent, video: Video) => void;
  /** Moves it to another place. */
  onMove: (to: number) => void;
  onRemove: () => void;
}

/** A video of a collection, with a handle to move it by. */
export const CollectionRow = memo(function CollectionRow(props: CollectionRowProps) {
  const { video, place, total, style, isMoving, handle, onOpen, onMove, onRemove } = props;
  if (!video) {
    return (
      <li className={classes["row"]} style={style} aria-busy aria-setsize={total} aria-posinset={place + 1}>
        <span className={classes["place"]}>{place + 1}</span>
      </li>
    );
  }
  const name = shownName(video.title ?? video.name);
  const isBad = video.status !== "ok";
  return (
    <li
      className={classes["row"]}
      style={style}
      data-video={video.id}
      data-moving={isMoving || undefined}
      aria-setsize={total}
      aria-posinset={place + 1}
    >
      <button
        type="button"
        className={classes["handle"]}
        aria-label={`Move ${name}, ${place + 1} of ${total}`}
        aria-pressed={isMoving}
        {...handle}
      >
        <IconGripVertical size={20} aria-hidden />
      </button>
      <span className={classes["place"]}>{place + 1}</span>
      <a
        className={classes["link"]}
        href={`/videos/${video.id}`}
        draggable={false}
        onClick={(event) => onOpen(event, video)}
      >
        <span className={classes["picture"]}>
          {video.thumbnail_url === null ? (
            <IconMovie size={24} stroke={1.25} aria-hidden />
          ) : (
            <img ref={releaseImage} src={video.thumbnail_url} alt="" loading="lazy" decoding="async" draggable={false} />
          )}
        </span>
        <span className={classes["names"]}>
          <span className={classes["name"]} title={video.path}>
            {name}
          </span>
          <span className={classes["below"]} data-bad={isBad || undefined}>
            {isBad ? statusLabels[video.status] : formatDuration(video.duration_seconds)}
            {video.folder && ` · ${video.folder}`}
          </span>
        </span>
      </a>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={`More for ${name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {place > 0 && <Menu.Item onClick={() => onMove(0)}>Move to top</Menu.Item>}
          {place < total - 1 && <Menu.Item onClick={() => onMove(total - 1)}>Move to bottom</Menu.Item>}
          <Menu.Item c="var(--mantine-color-error)" onClick={onRemove}>
            Remove from collection
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
});
