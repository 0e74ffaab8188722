import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { clearFinishedJobs, jobKeys } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { JobsSearch } from "@/features/jobs/jobsSearch";

/** Deletes all finished jobs that match the filters. */
export function ClearFinished({ search }: { search: JobsSearch }) {
  const [opened, dialog] = useDisclosure(false);
  const queryClient = useQueryClient();
  const clear = useMutation({
    mutationFn: () => clearFinishedJobs(search),
    onSettled: () => queryClient.invalidateQueries({ queryKey: jobKeys.lists }),
    onSuccess: dialog.close,
  });
  const filtered = search.kind !== undefined || search.status !== undefined;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Clear finished
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title="Clear finished jobs"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Text size="sm" mb="md">
          {filtered ? "All finished jobs that match the filters" : "All finished jobs"} will be removed from this list. Videos and files are not affected. This cannot be undone.
        </Text>
        {clear.isError && (
          <Alert color="red" variant="light" role="alert" mb="md">
            {sentenceOf(clear.error)}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={dialog.close} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={clear.isPending} onClick={() => clear.mutate()}>
            Clear finished
          </Button>
        </Group>
      </Modal>
    </>
  );
}
