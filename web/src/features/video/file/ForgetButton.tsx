import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { forgetVideo, videoKeys } from "@/api/videos";
import { showUndoable } from "@/components/ui/bulkNotices";
import { libraryHref } from "@/lib/libraryPlace";
import { shownName } from "@/lib/shownName";

/** Removes a video from the library after confirmation; its file stays. */
export function ForgetButton({ video }: { video: VideoDetail }) {
  const [opened, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const name = shownName(video.title ?? video.name);
  const forget = useMutation({
    mutationKey: videoKeys.forget(video.id),
    mutationFn: () => forgetVideo(video.id),
    onSuccess: async (token) => {
      showUndoable(`“${name}” was removed from the library. The file was not touched.`, token);
      await navigate({ href: libraryHref() });
      queryClient.removeQueries({ queryKey: videoKeys.one(video.id) });
      await queryClient.invalidateQueries({ queryKey: videoKeys.all });
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={open}>
        Remove from library
      </Button>
      <Modal opened={opened} onClose={close} title="Remove this video from the library?" closeButtonProps={{ "aria-label": "Close" }}>
        <Stack>
          <Text size="sm">
            “{name}” will be removed from the library, along with its tags, rating and notes. The file stays on disk; if
            it is still there at the next scan, it is added again as a new video.
          </Text>
          {forget.error && (
            <Text size="sm" c="red" role="alert">
              {sentenceOf(forget.error)}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color="red" loading={forget.isPending} onClick={() => forget.mutate()}>
              Remove
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
