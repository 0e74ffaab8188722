import { Button, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef } from "react";

import { rescanVideos } from "@/api/bulk";
import { activeJobsQuery, isFinished, jobQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import type { Job, VideoDetail } from "@/api/types";
import { JobProgress } from "@/components/ui/JobProgress";
import { isJobOf } from "@/features/video/file/jobOfVideo";
import { useJobKinds } from "@/lib/jobKinds";
import { endWords } from "@/lib/jobWords";
import { storeJob } from "@/lib/live/jobCache";
import { useShownJob } from "@/lib/live/jobEnds";

/** Rescans an unreadable file, and shows the progress. */
export function ReadAgain({ video }: { video: VideoDetail }) {
  const kinds = useJobKinds();
  const queryClient = useQueryClient();
  const retry = useMutation({
    mutationFn: () => rescanVideos({ video_ids: [video.id] }),
    onSuccess: (job: Job | undefined) => {
      if (job) storeJob(queryClient, job);
    },
  });
  const { data: active = [] } = useQuery(activeJobsQuery);
  const asked = active.find((job) => isJobOf(job, "scan", video.id)) ?? retry.data;
  const { data: job } = useQuery({ ...jobQuery(asked?.id ?? ""), enabled: asked !== undefined });
  useShownJob(asked?.id ?? null);

  const isBusy = retry.isPending || (job !== undefined && !isFinished(job));
  const { box, button } = useFocusKept(isBusy);

  return (
    <div ref={box} tabIndex={-1} role="group" aria-label="Retry">
      {job && !isFinished(job) ? (
        <JobProgress job={job} />
      ) : (
        <>
          <Button
            ref={button}
            variant="default"
            size="compact-sm"
            leftSection={<IconRefresh size={15} aria-hidden />}
            loading={retry.isPending}
            onClick={() => {
              box.current?.focus();
              retry.mutate();
            }}
          >
            Retry
          </Button>
          <Text size="sm" mt={4} role="status">
            {retry.error ? sentenceOf(retry.error) : job ? `Retried: ${endWords(job, kinds)}` : ""}
          </Text>
        </>
      )}
    </div>
  );
}

/** Keeps the focus near when the button, or the whole element, disappears. */
function useFocusKept(isBusy: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isBusy && document.activeElement === box.current) button.current?.focus();
  }, [isBusy]);
  useLayoutEffect(() => {
    const element = box.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      const heading = document.querySelector<HTMLElement>("h1");
      if (heading && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
      heading?.focus({ preventScroll: true });
    };
  }, []);
  return { box, button };
}
