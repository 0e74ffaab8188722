import { VisuallyHidden } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useLayoutEffect, useRef, useState, type CSSProperties, type MouseEvent } from "react";

import type { Video } from "@/api/types";
import { CollectionRow } from "@/features/collections/CollectionRow";
import { placeOf, sourceOf, type Moved } from "@/features/collections/order";
import type { useCollectionActions } from "@/features/collections/useCollectionActions";
import { useCollectionVideos } from "@/features/collections/useCollectionVideos";
import { useReorder } from "@/features/collections/useReorder";
import { useRowsInSight } from "@/features/collections/useRowsInSight";
import { rememberLibrary } from "@/lib/libraryPlace";
import { shownName } from "@/lib/shownName";

import classes from "@/features/collections/CollectionRows.module.css";

const ROW_HEIGHT = 68;

interface CollectionRowsProps {
  id: string;
  /** The number of videos. */
  count: number;
  actions: ReturnType<typeof useCollectionActions>;
}

/** The videos of a collection, of which only those in sight are rendered, and which can be moved. */
export function CollectionRows({ id, count, actions }: CollectionRowsProps) {
  const navigate = useNavigate();
  const element = useRef<HTMLOListElement>(null);
  const [words, announce] = useState("");
  /** Where a row was dropped, until the server has stored it. */
  const [dropped, setDropped] = useState<Moved | null>(null);
  const sight = useRowsInSight(element, count, ROW_HEIGHT);
  const videos = useCollectionVideos(id, sight.first, sight.last);
  const total = videos.total ?? count;
  const { drag, handlersOf } = useReorder({ element, rowHeight: ROW_HEIGHT, total, onDrop: (moved, name) => void drop(moved, name), announce });
  // Others may move it meanwhile.
  const active = drag ?? dropped;
  const at = active && (videos.find(active.id) ?? active.from);
  const moved = active && (drag !== null || at === active.from) ? { ...active, from: at ?? active.from } : null;

  const refocused = useRef<string | null>(null);
  useLayoutEffect(() => {
    // An element that React moves in the document loses the focus.
    if (refocused.current === null || dropped) return;
    const handle = element.current?.querySelector<HTMLElement>(`[data-video="${refocused.current}"] button`);
    if (handle && handle !== document.activeElement) handle.focus({ preventScroll: true });
    refocused.current = null;
  }, [dropped]);

  async function drop(to: Moved, name: string) {
    setDropped(to);
    announce(`Moved to position ${to.to + 1} of ${total}.`);
    refocused.current = to.id;
    const after = to.to < to.from ? to.to : to.to + 1;
    const isDone = await actions.move(to.id, after < total ? await videos.idAt(after) : null, name, to.to + 1);
    if (!isDone) announce("Could not move it.");
    setDropped(null);
  }

  function open(event: MouseEvent, video: Video, index: number) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    rememberLibrary({ href: `/collections/${id}`, query: videos.query, indexes: { [video.id]: index } });
    void navigate({ to: "/videos/$videoId", params: { videoId: video.id } });
  }

  const shown = Array.from({ length: Math.max(0, Math.min(sight.last, total - 1) - sight.first + 1) }, (_, row) => sight.first + row);
  const sources = new Set(shown.map((place) => sourceOf(place, moved)));
  // It stays in the document wherever it is, since it has the pointer or the focus.
  if (moved) sources.add(moved.from);
  return (
    <>
      <ol
        ref={element}
        className={classes["rows"]}
        style={{ height: total * ROW_HEIGHT }}
        data-dragging={drag?.y != null || undefined}
        aria-label="Videos"
      >
        {[...sources]
          .sort((one, other) => one - other)
          .map((source) => {
            const video = videos.at(source) ?? undefined;
            const place = placeOf(source, moved);
            const isMoving = drag !== null && source === moved?.from;
            return (
              <CollectionRow
                key={video?.id ?? source}
                video={video}
                place={place}
                total={total}
                style={styleOf(isMoving && drag.y !== null ? drag.y : place * ROW_HEIGHT)}
                isMoving={isMoving}
                handle={video ? handlersOf(video.id, source, nameOf(video)) : {}}
                onOpen={(event, opened) => open(event, opened, place)}
                onMove={(to) => video && void drop({ id: video.id, from: source, to }, nameOf(video))}
                onRemove={() => video && void actions.remove(video)}
              />
            );
          })}
      </ol>
      <VisuallyHidden role="status">{words}</VisuallyHidden>
    </>
  );
}

function nameOf(video: Video): string {
  return shownName(video.title ?? video.name);
}

function styleOf(y: number): CSSProperties {
  return { transform: `translateY(${y}px)`, height: ROW_HEIGHT };
}
