import { IconHeartFilled, IconStarFilled } from "@tabler/icons-react";
import { memo } from "react";

import type { Video } from "@/api/types";
import { WatchProgress } from "@/components/ui/WatchProgress";
import { PickBox } from "@/features/library/grid/PickBox";
import { RetryButton } from "@/features/library/grid/RetryButton";
import { Scrub } from "@/features/library/grid/Scrub";
import { Thumbnail } from "@/features/library/grid/Thumbnail";
import { describeVideo, nameOf } from "@/features/library/videoWords";
import { formatDuration, formatResolution } from "@/lib/format";

import classes from "@/features/library/grid/VideoCard.module.css";

interface VideoCardProps {
  index: number;
  video: Video | undefined;
  width: number;
  isSelected: boolean;
  /** Whether the Tab key stops here. */
  isStop: boolean;
}

/** A video in the grid, which handles clicks and keys by `data-index`. */
export const VideoCard = memo(function VideoCard({ index, video, width, isSelected, isStop }: VideoCardProps) {
  if (!video) return <Placeholder index={index} />;
  const resolution = formatResolution(video.width, video.height);
  return (
    <div role="gridcell" className={classes["card"]} aria-selected={isSelected} data-index={index}>
      <a
        className={classes["link"]}
        href={`/videos/${video.id}`}
        aria-label={describeVideo(video)}
        tabIndex={isStop ? 0 : -1}
        draggable={false}
      >
        <span className={classes["frame"]}>
          <Thumbnail video={video} width={width} />
          {video.storyboard_url !== null && <Scrub storyboardUrl={video.storyboard_url} />}
          <WatchProgress video={video} />
          <span className={classes["badges"]}>
            {resolution && <span className={classes["badge"]}>{resolution}</span>}
            {video.hdr && <span className={classes["badge"]}>{video.hdr}</span>}
            {video.duration_seconds !== null && (
              <span className={classes["duration"]}>{formatDuration(video.duration_seconds)}</span>
            )}
          </span>
        </span>
        <span className={classes["name"]} title={video.path}>
          {nameOf(video)}
        </span>
        <Below video={video} />
      </a>
      <PickBox video={video} isSelected={isSelected} />
      {video.status !== "ok" && (
        <span className={classes["retry"]}>
          <RetryButton video={video} />
        </span>
      )}
    </div>
  );
});

/** The second line: the problem, else favourite, rating and tags, else the folder. */
function Below({ video }: { video: Video }) {
  if (video.status !== "ok") {
    return (
      <span className={classes["reason"]} title={video.reason ?? undefined}>
        {video.status === "missing" ? "missing" : (video.reason ?? video.status)}
      </span>
    );
  }
  if (video.read_error !== null) {
    return (
      <span className={classes["reason"]} title={video.read_error}>
        last read failed
      </span>
    );
  }
  return (
    <span className={classes["below"]}>
      {video.favourite && (
        <span className={classes["favourite"]} title="Favourite">
          <IconHeartFilled size={15} aria-hidden />
        </span>
      )}
      {video.rating !== null && (
        <span className={classes["rating"]}>
          <IconStarFilled size={15} aria-hidden /> {video.rating}
        </span>
      )}
      {video.tags.length > 0 ? (
        video.tags.map((tag) => (
          <span key={tag} className={classes["tag"]}>
            {tag}
          </span>
        ))
      ) : (
        <span className={classes["folder"]}>{video.folder || video.root}</span>
      )}
    </span>
  );
}

function Placeholder({ index }: { index: number }) {
  return (
    <div role="gridcell" className={classes["card"]} data-index={index} aria-label="Loading">
      <span className={classes["frame"]} />
      <span className={classes["ghost"]} />
    </div>
  );
}
