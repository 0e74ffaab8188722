import { IconHeartFilled } from "@tabler/icons-react";
import { memo } from "react";

import type { Video } from "@/api/types";
import { PickBox } from "@/features/library/grid/PickBox";
import { RetryButton } from "@/features/library/grid/RetryButton";
import { Thumbnail } from "@/features/library/grid/Thumbnail";
import { columns } from "@/features/library/table/columns";
import { describeVideo, nameOf } from "@/features/library/videoWords";

import classes from "@/features/library/table/VideoTable.module.css";

interface VideoRowProps {
  index: number;
  video: Video | undefined;
  /** The distance from the top of the table body in pixels. */
  y: number;
  isSelected: boolean;
  /** Whether the Tab key stops here. */
  isStop: boolean;
}

const [, ...measures] = columns;

/** A video in the table, which handles clicks and keys by `data-index`. */
export const VideoRow = memo(function VideoRow({ index, video, y, isSelected, isStop }: VideoRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={video === undefined}
      className={classes["row"]}
      style={{ transform: `translateY(${y}px)` }}
      data-index={index}
    >
      <span role="gridcell" className={classes["pick"]}>
        {video && <PickBox video={video} isSelected={isSelected} />}
      </span>
      <span role="gridcell" className={classes["first"]} aria-label={video ? undefined : "Loading"}>
        {video && (
          <a
            className={classes["link"]}
            href={`/videos/${video.id}`}
            aria-label={describeVideo(video)}
            tabIndex={isStop ? 0 : -1}
            draggable={false}
          >
            <span className={classes["picture"]}>
              <Thumbnail video={video} width={64} />
            </span>
            <span className={classes["names"]}>
              <span className={classes["name"]} title={video.path}>
                {video.favourite && (
                  <IconHeartFilled size={14} className={classes["favourite"]} aria-hidden />
                )}
                {nameOf(video)}
              </span>
              <span className={classes["below"]} data-status={video.status}>
                {video.reason ?? (video.status === "missing" ? "missing" : (video.read_error ?? video.folder))}
              </span>
            </span>
          </a>
        )}
        {video && video.status !== "ok" && <RetryButton video={video} />}
      </span>
      {measures.map((column) => (
        <span
          key={column.label}
          role="gridcell"
          className={classes["cell"]}
          data-number={column.isNumber}
          data-from={column.from}
          data-usable={column.ofUsable}
        >
          {video && column.text(video)}
        </span>
      ))}
    </div>
  );
});
