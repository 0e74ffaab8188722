import { CloseButton, Group, Rating, Text, VisuallyHidden } from "@mantine/core";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { WaitingText } from "@/features/video/edit/WaitingText";
import { ConflictDialog } from "@/features/video/edit/ConflictDialog";
import { useKeptChange, useWaitingChange } from "@/features/video/edit/useVideoChange";
import { EditConflict } from "@/lib/edits/videoChange";
import { formatCounted } from "@/lib/format";
import { useShortcuts } from "@/lib/shortcuts";

/** A rating of one to five stars, saved at once. */
export function RatingField({ video }: { video: VideoDetail }) {
  const change = useKeptChange<"rating">(video);
  const conflict = change.error instanceof EditConflict ? change.error : null;
  const waiting = useWaitingChange(video.id, "rating");
  const shown = change.isPending ? change.variables.mine : waiting ? waiting.mine : video.rating;

  // After R, since digits alone seek, and Shift with a digit is another key on each keyboard.
  useShortcuts([
    {
      keys: "r 1",
      also: ["r 2", "r 3", "r 4", "r 5"],
      shown: "r 1–5",
      label: "Rate",
      run: (stars) => rate(Number(stars)),
    },
    { keys: "r 0", label: "Clear rating", run: () => rate(null) },
  ]);

  function rate(mine: number | null, base = shown) {
    change.mutate({ field: "rating", base, mine });
  }

  return (
    <div>
      <Text size="sm" fw={500} id="rating-label" mb={2}>
        Rating
      </Text>
      <Group gap="xs" mih="1.75rem">
        <Rating
          value={shown ?? 0}
          onChange={(stars) => rate(stars || null)}
          size="md"
          aria-labelledby="rating-label"
          getSymbolLabel={(stars) => (stars === 0 ? "No rating" : formatCounted(stars, "star"))}
        />
        {shown !== null && (
          <CloseButton size="sm" aria-label="Clear rating" onClick={() => rate(null)} />
        )}
      </Group>
      <VisuallyHidden role="status">
        {change.isSuccess && (shown === null ? "Rating cleared" : `Rated ${formatCounted(shown, "star")}`)}
      </VisuallyHidden>
      {waiting && !change.isPending && <WaitingText />}
      {change.error && !conflict && (
        <Text size="sm" c="red" role="alert">
          Not saved: {sentenceOf(change.error)}
        </Text>
      )}
      <ConflictDialog
        conflict={conflict}
        onTheirs={() => change.reset()}
        onMine={() => {
          if (conflict) rate(conflict.change.mine as number | null, conflict.theirs as number | null);
        }}
        onClose={() => change.reset()}
      />
    </div>
  );
}
