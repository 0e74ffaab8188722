import { Alert, Button, Checkbox, Container, Group, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { duplicatesQuery, GROUPS_AT_ONCE } from "@/api/duplicates";
import { sentenceOf } from "@/api/problem";
import { ShowMore } from "@/components/ui/ShowMore";
import { DuplicateGroupCard } from "@/features/duplicates/DuplicateGroupCard";
import { ResolvedGroupCard } from "@/features/duplicates/ResolvedGroupCard";
import { resolvedWords, totalWords } from "@/features/duplicates/duplicateWords";
import { useReopen, useResolve } from "@/features/duplicates/useResolve";
import { formatCounted } from "@/lib/format";

const TAG = "duplicate";

/** Files with the same content, to choose the copy that takes over the details of the others. */
export function DuplicatesPage() {
  const [isResolved, setResolved] = useState(false);
  const pages = useInfiniteQuery(duplicatesQuery(isResolved));
  const reopen = useReopen();
  const [tags, setTags] = useState(true);
  const resolve = useResolve(tags ? TAG : null);
  const first = pages.data?.pages[0];
  const groups = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const some = groups.slice(0, GROUPS_AT_ONCE);
  const isSaving = (fingerprint: string) => resolve.isPending && resolve.variables.has(fingerprint);
  return (
    <Container size="lg" py="md">
      <Title order={1} size="h2" mb="xs">
        Duplicates
      </Title>
      <Stack>
        <Text size="sm" c="dimmed" maw="45rem">
          The copy that you keep takes over the tags of the others, and their title, rating and notes where it has none. The
          others stay in the library, and the group leaves this list until there is another copy, or it is reopened.{" "}
          <b>No file is deleted, moved or changed.</b> You can undo this for 24 hours. Suggested is the copy with the most
          details; of equal ones, the one that was added first.
        </Text>
        <SegmentedControl
          aria-label="Which groups"
          value={isResolved ? "resolved" : "open"}
          onChange={(value) => setResolved(value === "resolved")}
          data={[
            { value: "open", label: "To decide" },
            { value: "resolved", label: "Resolved" },
          ]}
          style={{ alignSelf: "flex-start" }}
        />
        {first && (
          <Text role="status" fw={600}>
            {isResolved ? resolvedWords(first.total) : totalWords(first.total, first.spare_bytes)}
          </Text>
        )}
        {groups.length > 0 && !isResolved && (
          <Group>
            <Checkbox
              checked={tags}
              onChange={(event) => setTags(event.currentTarget.checked)}
              label={`Tag the other copies “${TAG}”, to find or exclude them in the library`}
            />
            <Button
              ml="auto"
              variant="light"
              mih={{ base: 44, sm: 36 }}
              loading={resolve.isPending && resolve.variables.size > 1}
              onClick={() => resolve.mutate(new Map(some.map((group) => [group.fingerprint, group.suggested])))}
            >
              Keep the suggested ones of {formatCounted(some.length, "group")}
            </Button>
          </Group>
        )}
        {pages.isError && (
          <Alert color="red" variant="light" title="Could not load duplicates" role="alert">
            <Stack gap="xs" align="flex-start">
              {sentenceOf(pages.error)}
              <Button variant="default" size="xs" onClick={() => void pages.refetch()}>
                Try again
              </Button>
            </Stack>
          </Alert>
        )}
        {pages.isPending && <Skeleton height={320} />}
        {isResolved
          ? groups.map((group) => (
              <ResolvedGroupCard
                key={group.fingerprint}
                group={group}
                isSaving={reopen.isPending && reopen.variables === group.fingerprint}
                onReopen={() => reopen.mutate(group.fingerprint)}
              />
            ))
          : groups.map((group) => (
          <DuplicateGroupCard
            key={group.fingerprint}
            group={group}
            isSaving={isSaving(group.fingerprint)}
            onKeep={(videoId) => resolve.mutate(new Map([[group.fingerprint, videoId]]))}
          />
        ))}
        <ShowMore left={pages.hasNextPage} loading={pages.isFetchingNextPage} onMore={() => void pages.fetchNextPage()} />
      </Stack>
    </Container>
  );
}
