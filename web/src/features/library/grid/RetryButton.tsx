import { ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";

import { rescanVideos } from "@/api/bulk";
import { activeJobsQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Video } from "@/api/types";
import { nameOf } from "@/features/library/videoWords";

/** Rescans one file. */
export function RetryButton({ video }: { video: Video }) {
  const { data: jobs = [] } = useQuery(activeJobsQuery);
  const retry = useMutation({
    mutationFn: () => rescanVideos({ video_ids: [video.id] }),
    onError: (error) =>
      notifications.show({ color: "red", title: "Could not rescan the file", message: sentenceOf(error) }),
  });
  const isRunning = jobs.some((job) => job.id === retry.data?.id);
  return (
    <ActionIcon
      variant="default"
      size={28}
      loading={retry.isPending || isRunning}
      aria-label={`Retry ${nameOf(video)}`}
      title="Retry"
      onClick={() => retry.mutate()}
    >
      <IconRefresh size={16} aria-hidden />
    </ActionIcon>
  );
}
