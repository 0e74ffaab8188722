import { Alert, Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";

import { forgetVideos, previewForgetting, type BulkOutcome, type Which } from "@/api/bulk";
import { sentenceOf } from "@/api/problem";
import { formatCount, formatCounted } from "@/lib/format";

interface ForgetDialogProps {
  /** The number of selected videos, until the server has counted them. */
  count: number;
  which: Which;
  onForgotten: (outcome: BulkOutcome) => void;
  onClose: () => void;
}

/** Asks before videos are removed, and shows what goes with them. */
export function ForgetDialog({ count, which, onForgotten, onClose }: ForgetDialogProps) {
  const preview = useQuery({
    queryKey: ["forget", which] as const,
    queryFn: () => previewForgetting(which),
    gcTime: 0,
    staleTime: 0,
  });
  const total = preview.data?.count ?? count;
  const annotated = preview.data?.annotated ?? 0;
  const forgetting = useMutation({
    mutationFn: () => forgetVideos(which, total),
    onSuccess: (outcome) => {
      onForgotten(outcome);
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
          videos. You can undo this for 24 hours.
        </Text>
        {preview.isPending && <Loader size="sm" role="progressbar" aria-label="Counting" />}
        {annotated > 0 && (
          <Alert color="orange">
            {annotated === 1
              ? "1 has a title, tags, rating, notes or favourite mark, which will be removed too."
              : `${formatCount(annotated)} have a title, tags, rating, notes or favourite mark, which will be removed too.`}
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
