import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { deliveriesQuery, retryDelivery, ruleKey, type Delivery, type Rule } from "@/api/rules";
import { QueryFailure } from "@/components/ui/QueryFailure";
import { formatCounted, formatDateTime } from "@/lib/format";

/** The newest calls of a rule's webhook, each with the reason if it failed. */
export function Deliveries({ rule }: { rule: Rule }) {
  const calls = useQuery(deliveriesQuery(rule.id));
  return (
    <>
      <Text size="sm" fw={600}>
        Webhook calls
      </Text>
      {calls.isError && <QueryFailure title="Could not load the calls" error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          It was not called yet.
        </Text>
      )}
      <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: "none" }}>
        {calls.data?.map((call) => (
          <Call key={call.id} rule={rule} call={call} />
        ))}
      </Stack>
    </>
  );
}

function Call({ rule, call }: { rule: Rule; call: Delivery }) {
  const queryClient = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryDelivery(rule.id, call.id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ruleKey }),
  });
  return (
    <Group component="li" justify="space-between" gap="xs">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {`${formatDateTime(call.created_at)} · ${formatCounted(call.videos, "video")} · ${stateWords(call)}`}
        {(call.error ?? retry.error) && (
          <Text span size="sm" c="var(--mantine-color-error)" display="block">
            {call.error ?? sentenceOf(retry.error)}
          </Text>
        )}
      </Text>
      {call.state !== "delivered" && (
        <Button variant="default" size="compact-sm" mih={{ base: 44, sm: 26 }} loading={retry.isPending} onClick={() => retry.mutate()}>
          Call again
        </Button>
      )}
    </Group>
  );
}

function stateWords(call: Delivery): string {
  if (call.state === "delivered") return "delivered";
  const attempts = formatCounted(call.attempts, "attempt");
  return call.state === "failed" ? `failed after ${attempts}` : `waiting, ${attempts} so far`;
}
