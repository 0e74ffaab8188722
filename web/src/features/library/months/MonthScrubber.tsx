import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent, type PointerEvent } from "react";

import type { VideoQuery } from "@/api/types";
import { monthsQuery } from "@/api/videos";
import { marksOf, placeOf, yearPlaces } from "@/features/library/months/monthMarks";
import { between } from "@/features/library/rows/scrollScale";
import { formatCounted } from "@/lib/format";

import classes from "@/features/library/months/MonthScrubber.module.css";

/** How many years have room below each other. */
const YEARS = 20;
const PAGE_MONTHS = 12;

interface MonthScrubberProps {
  query: VideoQuery;
  /** The indexes of the first and the last video in sight. */
  seen: readonly [first: number, last: number];
  /** Scrolls the list so that the video at an index comes first. */
  onJump: (index: number) => void;
}

/** The months of a list that is sorted by a date, to jump to one. */
export function MonthScrubber({ query, seen, onJump }: MonthScrubberProps) {
  const [chosen, setChosen] = useState(0);
  const [isDragged, setDragged] = useState(false);
  const marks = marksOf(useQuery(monthsQuery(query)).data ?? []);
  const last = marks.length - 1;
  // The end of the list cannot be scrolled to the top: what was jumped to is enough in sight.
  const start = marks[chosen]?.start ?? -1;
  const place = start >= seen[0] && start <= seen[1] ? chosen : placeOf(marks, seen[0]);
  const mark = marks[place];
  if (last < 1 || !mark) return null;

  function jump(to: number) {
    const next = between(0, to, last);
    setChosen(next);
    onJump(marks[next]?.start ?? 0);
  }

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      ArrowRight: place + 1,
      ArrowLeft: place - 1,
      PageDown: place + PAGE_MONTHS,
      PageUp: place - PAGE_MONTHS,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    jump(next);
  }

  function follow(event: PointerEvent<HTMLElement>) {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    jump(Math.round(((event.clientY - top) / height) * last));
  }

  const at = (one: number) => ({ top: `${(one / last) * 100}%` });
  return (
    <div className={classes["months"]}>
      <div
        role="slider"
        tabIndex={0}
        aria-label="Month"
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={place}
        aria-valuetext={`${mark.label}, ${formatCounted(mark.count, "video")}`}
        className={classes["track"]}
        data-dragged={isDragged || undefined}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(true);
          follow(event);
        }}
        onPointerMove={(event) => isDragged && follow(event)}
        onPointerUp={() => setDragged(false)}
        onPointerCancel={() => setDragged(false)}
      >
        {yearPlaces(marks, YEARS).map((one) => (
          <span key={one} className={classes["year"]} style={at(one)}>
            {marks[one]?.year}
          </span>
        ))}
        <span className={classes["thumb"]} style={at(place)}>
          <span className={classes["label"]}>{mark.label}</span>
        </span>
      </div>
    </div>
  );
}
