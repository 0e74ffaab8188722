import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { makeStrips } from "@/api/strips";
import { storeJob } from "@/lib/live/jobCache";

/** Offers what a scan leaves out because it takes long. */
export function OfferStrips() {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: () => makeStrips(),
    onSuccess: (job) => storeJob(queryClient, job),
  });
  return (
    <Group gap="xs" justify="space-between">
      <Text size="sm" c={make.isError ? "red" : "dimmed"} role="status" flex="1 1 14rem">
        {make.isError
          ? sentenceOf(make.error)
          : make.isSuccess
            ? "The contact strips are being made in the background."
            : "Contact strips let you look through a video without opening it."}
      </Text>
      {!make.isSuccess && (
        <Button variant="default" size="xs" loading={make.isPending} onClick={() => make.mutate()}>
          Make contact strips
        </Button>
      )}
    </Group>
  );
}
