import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { activeJobsQuery, reorderJob } from "@/api/jobs";
import { showFailure } from "@/components/ui/failureNotice";
import { placeWords, type QueuedRender } from "@/features/render/queue/renderQueue";

interface Move {
  id: string;
  /** The id of the render that it precedes; null for the end. */
  before: string | null;
}

/** Returns waiting renders as people have ordered them, at once, and what moves one of them. */
export function useQueueOrder(renders: readonly QueuedRender[]) {
  const queryClient = useQueryClient();
  /** What the server has not stored yet, in order. */
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const shown = moves.reduce(moved, renders);

  async function save(move: Move) {
    setMoves((before) => [...before, move]);
    try {
      await reorderJob(move.id, move.before);
    } catch (error) {
      showFailure("Could not change the order", error);
    }
    // It is shown where it was dropped until the list of the server has it there.
    await queryClient.invalidateQueries({ queryKey: activeJobsQuery.queryKey });
    setMoves((before) => before.filter((one) => one !== move));
  }

  return {
    shown,
    move: (from: number, to: number) => {
      const one = shown[from];
      const before = shown.toSpliced(from, 1)[to];
      if (one) void save({ id: one.job.id, before: before?.job.id ?? null });
    },
  };
}

function moved(renders: readonly QueuedRender[], { id, before }: Move): readonly QueuedRender[] {
  const mine = renders.filter(({ job }) => job.id === id);
  const others = renders.filter(({ job }) => job.id !== id);
  const place = others.findIndex(({ job }) => job.id === before);
  const next = others.toSpliced(place < 0 ? others.length : place, 0, ...mine);
  return next.map((one, ahead) => ({ ...one, place: placeWords(ahead) }));
}
