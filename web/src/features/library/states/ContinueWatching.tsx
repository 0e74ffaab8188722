import { Anchor, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { Video } from "@/api/types";
import { startedQuery } from "@/api/watch";
import { WatchProgress } from "@/components/ui/WatchProgress";
import { Thumbnail } from "@/features/library/grid/Thumbnail";
import { activeFilters } from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { nameOf } from "@/features/library/videoWords";
import { formatDuration } from "@/lib/format";
import { keepChoice, keptChoice } from "@/lib/keptChoice";

import classes from "@/features/library/states/ContinueWatching.module.css";

const MOST_VIDEOS = 20;
const PICTURE_WIDTH = 192;
const HIDDEN_KEY = "stoat-ferret.continue-watching-hidden";

/** The started videos, the last watched first, above a list without search and filters. */
export function ContinueWatching({ address }: { address: LibraryAddress }) {
  // Hidden until another video is started.
  const [hidden, setHidden] = useState(() => keptChoice(HIDDEN_KEY));
  const isWanted = activeFilters(address.search).length === 0;
  const { data: videos = [] } = useQuery({ ...startedQuery(MOST_VIDEOS), enabled: isWanted });
  const newest = videos[0]?.id;
  if (!isWanted || newest === undefined || newest === hidden) return null;
  return (
    <section className={classes["section"]} aria-label="Continue watching">
      <div className={classes["head"]}>
        <h2 className={classes["title"]}>Continue watching</h2>
        <Anchor component="button" type="button" size="sm" onClick={() => address.change({ watched: "started" })}>
          Show all
        </Anchor>
        <CloseButton
          size="sm"
          className={classes["close"]}
          aria-label="Hide continue watching"
          onClick={() => {
            keepChoice(HIDDEN_KEY, newest);
            setHidden(newest);
          }}
        />
      </div>
      <ul className={classes["list"]}>
        {videos.map((video) => (
          <li key={video.id}>
            <StartedVideo video={video} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StartedVideo({ video }: { video: Video }) {
  const left = video.duration_seconds === null ? null : video.duration_seconds - video.position_seconds;
  return (
    <Link to="/videos/$videoId" params={{ videoId: video.id }} className={classes["link"]} draggable={false}>
      <span className={classes["frame"]}>
        <Thumbnail video={video} width={PICTURE_WIDTH} />
        <WatchProgress video={video} />
      </span>
      <span className={classes["name"]} title={video.path}>
        {nameOf(video)}
      </span>
      {left !== null && <span className={classes["left"]}>{formatDuration(left)} left</span>}
    </Link>
  );
}
