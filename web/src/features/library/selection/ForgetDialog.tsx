import { Alert, Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";

import { forgetVideos, idParts, previewForgetting } from "@/api/bulk";
import { sentenceOf } from "@/api/problem";
import { MOST_AT_ONCE } from "@/features/library/selection/selectedVideos";
import { formatCount, formatCounted } from "@/lib/format";

interface ForgetDialogProps {
  count: number;
  findIds: () => Promise<string[]>;
  onForgotten: (count: number) => void;
  onClose: () => void;
}

interface Part {
  ids: string[];
  count: number;
  annotated: number;
}

/** Asks before videos are removed, and shows what will be lost. */
export function ForgetDialog({ count, findIds, onForgotten, onClose }: ForgetDialogProps) {
  const preview = useQuery({
    queryKey: ["forget", count] as const,
    queryFn: async () => look(await findIds()),
    gcTime: 0,
    staleTime: 0,
  });
  const parts = preview.data ?? [];
  const total = preview.data ? sum(parts.map((part) => part.count)) : Math.min(count, MOST_AT_ONCE);
  const annotated = sum(parts.map((part) => part.annotated));
  const forgetting = useMutation({
    mutationFn: () => forget(parts),
    onSuccess: (gone) => {
      onForgotten(gone);
      onClose();
    },
    // The count is outdated: count again.
    onError: () => void preview.refetch(),
  });
  const error = forgetting.error ?? preview.error;

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Remove ${formatCounted(total, "video")} from the library?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text size="sm">
          They will be removed from the library. <b>The files stay on disk</b>; the next scan adds them again as new
          videos.
        </Text>
        {count > MOST_AT_ONCE && (
          <Text size="sm">
            Only the first {formatCount(MOST_AT_ONCE)} of {formatCount(count)} can be removed at once. Select all and repeat
            for the rest.
          </Text>
        )}
        {preview.isPending && <Loader size="sm" role="progressbar" aria-label="Counting" />}
        {annotated > 0 && (
          <Alert color="orange">
            {annotated === 1
              ? "1 has a title, tags, rating or notes, which will be lost."
              : `${formatCount(annotated)} have a title, tags, rating or notes, which will be lost.`}
          </Alert>
        )}
        {error && <Alert color="red">{sentenceOf(error)}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            color="red"
            loading={forgetting.isPending}
            disabled={!preview.data || total === 0}
            onClick={() => forgetting.mutate()}
          >
            Remove {formatCounted(total, "video")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

async function look(ids: string[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const some of idParts(ids)) {
    const { count, annotated } = await previewForgetting(some);
    parts.push({ ids: some, count, annotated });
  }
  return parts;
}

async function forget(parts: readonly Part[]): Promise<number> {
  let gone = 0;
  for (const part of parts) {
    let left = part.count;
    // The server works for a few seconds at a time, and returns how many it removed.
    while (left > 0) {
      const forgotten = await forgetVideos(part.ids, left);
      if (forgotten === 0) break;
      gone += forgotten;
      left -= forgotten;
    }
  }
  return gone;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
