import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck, IconEye, IconEyeOff } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import type { VideoDetail } from "@/api/types";
import { reportWatch, type WatchReport } from "@/api/watch";

const UNDO_MILLISECONDS = 10_000;

/** Marks a video as watched or not, which also resets its position; both can be undone. */
export function WatchedButton({ video }: { video: VideoDetail }) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (report: WatchReport) => reportWatch(queryClient, video.id, report),
    onError: (error) =>
      notifications.show({ color: "red", title: "Not saved", message: sentenceOf(error) }),
  });

  function toggle() {
    const { watched, position_seconds } = video;
    change.mutate(
      { watched: !watched },
      { onSuccess: () => offerUndo(!watched, () => change.mutate({ watched, position_seconds })) },
    );
  }

  const Icon = video.watched ? IconEyeOff : IconEye;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon size={16} aria-hidden />}
      loading={change.isPending}
      onClick={toggle}
    >
      {video.watched ? "Mark as not watched" : "Mark as watched"}
    </Button>
  );
}

function offerUndo(watched: boolean, undo: () => void): void {
  const id = notifications.show({
    icon: <IconCheck size={16} aria-hidden />,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{watched ? "Marked as watched." : "Marked as not watched."}</Text>
        <Button
          variant="light"
          size="compact-sm"
          onClick={() => {
            undo();
            notifications.hide(id);
          }}
        >
          Undo
        </Button>
      </Group>
    ),
    autoClose: UNDO_MILLISECONDS,
  });
}
