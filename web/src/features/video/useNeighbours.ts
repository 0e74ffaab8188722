import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { videosQuery } from "@/api/videos";
import { libraryPlace, rememberLibrary } from "@/lib/libraryPlace";
import { shownName } from "@/lib/shownName";

export interface Neighbours {
  /** "12 of 340". */
  index: number;
  total: number;
  /** Opens it; null at the ends of the list. */
  previous: (() => void) | null;
  next: (() => void) | null;
  nextName: string | null;
}

/** Returns the adjacent videos in the previous list; null if there is none. */
export function useNeighbours(videoId: string): Neighbours | null {
  const navigate = useNavigate();
  const [place] = useState(libraryPlace);
  const known = place?.indexes[videoId];
  const offset = Math.max(0, (known ?? 0) - 1);
  const { data } = useQuery({
    ...videosQuery({ ...place?.query, offset, limit: 3 }),
    enabled: known !== undefined,
  });
  const at = data?.items.findIndex((one) => one.id === videoId) ?? -1;
  // The list may have changed, so the adjacent videos are unknown.
  if (!place || !data || at < 0) return null;
  const index = offset + at;

  function goTo(step: 1 | -1): (() => void) | null {
    const video = data?.items[at + step];
    if (!video || !place) return null;
    return () => {
      rememberLibrary({ ...place, indexes: { ...place.indexes, [videoId]: index, [video.id]: index + step } });
      // Replaces the entry, so that going back leads to the list.
      void navigate({ to: "/videos/$videoId", params: { videoId: video.id }, replace: true });
    };
  }

  const following = data.items[at + 1];
  return { index, total: data.total, previous: goTo(-1), next: goTo(1), nextName: following ? shownName(following.title ?? following.name) : null };
}
