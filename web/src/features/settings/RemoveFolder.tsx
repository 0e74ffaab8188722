import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconTrash } from "@tabler/icons-react";

import { undoEdit } from "@/api/bulk";
import { addRoot, previewRemoval, removeRoot, type RootRemoval } from "@/api/folders";
import { sentenceOf } from "@/api/problem";
import { showFailure } from "@/components/ui/failureNotice";
import { offerUndo } from "@/components/ui/offerUndo";
import { formatCount, formatCounted } from "@/lib/format";
import { refresh } from "@/lib/live/refresh";

interface FolderProps {
  name: string;
  path: string;
}

/** A button that removes a library folder, after a question that says what happens to its videos. */
export function RemoveFolder({ name, path }: FolderProps) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        mih={{ base: 44, sm: 30 }}
        leftSection={<IconTrash size={16} aria-hidden />}
        aria-label={`Remove ${name}`}
        onClick={dialog.open}
      >
        Remove
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={`Remove ${name} from the library?`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {opened && <Question name={name} path={path} onClose={dialog.close} />}
      </Modal>
    </>
  );
}

function Question({ name, path, onClose }: FolderProps & { onClose: () => void }) {
  const queryClient = useQueryClient();
  const preview = useQuery({
    queryKey: ["roots", "removal", path] as const,
    queryFn: () => previewRemoval(path),
    retry: false,
    staleTime: 0,
  });
  const remove = useMutation({
    mutationFn: (expected: number) => removeRoot(path, expected),
    onSuccess: (removal) => {
      onClose();
      report(removal, () => void restore(removal));
    },
    onError: () => preview.refetch(),
    onSettled: () => refresh(queryClient),
  });
  const restore = async (removal: RootRemoval) => {
    try {
      if (removal.undo === null) await addRoot(path);
      else await undoEdit(removal.undo); // it brings the folder back, too
      notifications.show({ message: `${name} is back.` });
    } catch (error) {
      showFailure(`Could not restore ${name}`, error);
    }
    await refresh(queryClient);
  };
  const error = remove.error ?? preview.error;
  return (
    <Stack>
      {preview.data ? <Text size="sm">{consequences(preview.data)}</Text> : !error && <Skeleton height={60} />}
      {error && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(error)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          color="red"
          loading={remove.isPending}
          disabled={!preview.data}
          onClick={() => preview.data && remove.mutate(preview.data.count)}
        >
          Remove folder
        </Button>
      </Group>
    </Stack>
  );
}

function consequences({ count, annotated }: RootRemoval): string {
  if (count === 0) return "None of its videos are in the library. No file is deleted from disk.";
  const marked = annotated === 0 ? "" : ` ${formatCount(annotated)} of them ${annotated === 1 ? "has" : "have"} a title, tags, rating, notes or favourite mark.`;
  return (
    `${formatCounted(count, "video")} in it will be removed from the library.${marked} The files stay on disk. ` +
    "You can undo this for 24 hours. To keep the videos of a disk that you unplug, cancel: they are marked as missing until it is back."
  );
}

function report(removal: RootRemoval, undo: () => void): void {
  const message = `${removal.name} removed.`;
  if (removal.job) notifications.show({ message: `${message} Its videos are being removed; see Jobs for progress.` });
  else offerUndo(`${message} ${formatCounted(removal.forgotten, "video")} left the library.`, undo);
}
