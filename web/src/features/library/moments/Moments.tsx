import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { foundMarkersQuery } from "@/api/markers";
import { formatDuration } from "@/lib/format";
import { formatLinkMoment } from "@/lib/moments";
import { shownName } from "@/lib/shownName";

import classes from "@/features/library/moments/Moments.module.css";

const MOST_MOMENTS = 20;

/** The markers that a search finds, each of which leads to its moment; nothing if there are none. */
export function Moments({ q }: { q: string }) {
  const { data: markers = [] } = useQuery(foundMarkersQuery(q, MOST_MOMENTS));
  if (markers.length === 0) return null;
  return (
    <section className={classes["section"]} aria-label="Moments">
      <h2 className={classes["head"]}>Moments</h2>
      <ul className={classes["list"]}>
        {markers.map((marker) => (
          <li key={marker.id}>
            <Link
              to="/videos/$videoId"
              params={{ videoId: marker.video_id }}
              search={{ t: formatLinkMoment(marker.start_seconds) }}
              className={classes["link"]}
              draggable={false}
            >
              <span className={classes["title"]}>
                {shownName(marker.title || marker.tags.map((tag) => `#${tag}`).join(" "))}
              </span>
              <span className={classes["below"]}>
                {formatDuration(Math.floor(marker.start_seconds))} · {shownName(marker.video_title ?? marker.video_name)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
