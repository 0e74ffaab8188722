import { Button, Stack, Text } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { activeJobsQuery, isFinished, jobQuery } from "@/api/jobs";
import { sentenceOf } from "@/api/problem";
import { makeStoryboards } from "@/api/storyboards";
import type { Job, VideoDetail } from "@/api/types";
import { JobProgress } from "@/components/ui/JobProgress";
import { isJobOf } from "@/features/video/file/jobOfVideo";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { endWords, resultErrors } from "@/lib/jobWords";
import { storeJob } from "@/lib/live/jobCache";

/** Creates preview thumbnails, and shows the progress. */
export function StoryboardButton({ video }: { video: VideoDetail }) {
  const kinds = useJobKinds();
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeStoryboards([video.id]),
    onSuccess: (job) => storeJob(queryClient, job),
  });
  const { data: active = [] } = useQuery(activeJobsQuery);
  const known = active.find((job) => isJobOf(job, "storyboard", video.id));
  const asked = known ?? make.data;
  const { data: job } = useQuery({ ...jobQuery(asked?.id ?? ""), enabled: asked !== undefined });

  if (job && !isFinished(job)) return <JobProgress job={job} />;
  if (video.storyboard_url) {
    return (
      <Text size="sm" c="dimmed">
        Preview thumbnails are ready: hover over the player’s timeline.
      </Text>
    );
  }
  return (
    <Stack gap={4} align="flex-start">
      <Button
        variant="default"
        leftSection={<IconMovie size={16} aria-hidden />}
        loading={make.isPending}
        onClick={() => make.mutate()}
      >
        Create preview thumbnails
      </Button>
      <Text size="xs" c={make.error ? "red" : "dimmed"} role="status">
        {make.error ? sentenceOf(make.error) : job ? whyNone(job, kinds) : "They let you scrub through the video."}
      </Text>
    </Stack>
  );
}

function whyNone(job: Job, kinds: JobKinds): string {
  const [error] = resultErrors(job);
  return error ? error.reason : endWords(job, kinds);
}
