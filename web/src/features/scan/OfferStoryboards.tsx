import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { makeStoryboards } from "@/api/storyboards";
import { storeJob } from "@/lib/live/jobCache";

/** Offers to create preview thumbnails, which a scan does not. */
export function OfferStoryboards() {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeStoryboards(),
    onSuccess: (job) => storeJob(queryClient, job),
  });
  return (
    <Group gap="xs" justify="space-between">
      <Text size="sm" c={make.isError ? "red" : "dimmed"} role="status" flex="1 1 14rem">
        {make.isError
          ? sentenceOf(make.error)
          : make.isSuccess
            ? "Creating preview thumbnails in the background."
            : "Preview thumbnails let you scrub through a video without opening it."}
      </Text>
      {!make.isSuccess && (
        <Button variant="default" size="xs" loading={make.isPending} onClick={() => make.mutate()}>
          Create preview thumbnails
        </Button>
      )}
    </Group>
  );
}
