import { Alert, Button, Container, Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { sentenceOf } from "@/api/problem";
import { tagPagesQuery, type Tag } from "@/api/tags";
import { ShowMore } from "@/components/ui/ShowMore";
import { DeleteTagDialog } from "@/features/tags/DeleteTagDialog";
import { RenameTagDialog } from "@/features/tags/RenameTagDialog";
import { TagRow } from "@/features/tags/TagRow";
import { parseTagsSearch, type TagsSearch } from "@/features/tags/tagsSearch";
import { formatCounted } from "@/lib/format";

import classes from "@/features/tags/TagsPage.module.css";

const route = getRouteApi("/tags");
const TYPING_MILLISECONDS = 150;

/** All tags, to search, rename, merge and delete them. */
export function TagsPage() {
  const search = parseTagsSearch(route.useSearch());
  const { q = "", sort = "name" } = search;
  const navigate = route.useNavigate();
  const show = (next: TagsSearch) => void navigate({ search: parseTagsSearch(next), replace: true });
  const [typed, setTyped] = useState(q);
  const searchFor = useDebouncedCallback((text: string) => show({ ...search, q: text.trim() }), TYPING_MILLISECONDS);
  const [changed, setChanged] = useState<{ tag: Tag; how: "rename" | "delete" } | null>(null);
  const pages = useInfiniteQuery(tagPagesQuery(q, sort));
  const tags = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const total = pages.data?.pages[0]?.total;
  const close = () => setChanged(null);
  return (
    <Container size="md" py="md">
      <Title order={1} size="h2" mb="md">
        Tags
      </Title>
      <Stack>
        <Group>
          <TextInput
            className={classes["search"]}
            aria-label="Search tags"
            placeholder="Search tags"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              searchFor(event.currentTarget.value);
            }}
          />
          <SegmentedControl
            aria-label="Order"
            value={sort}
            onChange={(value) => show({ ...search, sort: value })}
            data={[
              { value: "name", label: "By name" },
              { value: "count", label: "Most used" },
            ]}
          />
        </Group>
        {total !== undefined && (
          <Text size="sm" c="dimmed" role="status">
            {total === 0 ? (q ? "No tags match." : "No tags yet. Tag videos in the library, or press T on a video.") : formatCounted(total, "tag")}
          </Text>
        )}
        {pages.isError && (
          <Alert color="red" variant="light" title="Could not load tags" role="alert">
            <Stack gap="xs" align="flex-start">
              {sentenceOf(pages.error)}
              <Button variant="default" size="xs" onClick={() => void pages.refetch()}>
                Try again
              </Button>
            </Stack>
          </Alert>
        )}
        {pages.isPending && <Skeleton height={200} />}
        {tags.length > 0 && (
          <ul className={classes["list"]}>
            {tags.map((tag) => (
              <TagRow
                key={tag.id}
                tag={tag}
                onRename={() => setChanged({ tag, how: "rename" })}
                onDelete={() => setChanged({ tag, how: "delete" })}
              />
            ))}
          </ul>
        )}
        <ShowMore left={pages.hasNextPage} loading={pages.isFetchingNextPage} onMore={() => void pages.fetchNextPage()} />
      </Stack>
      {changed?.how === "rename" && <RenameTagDialog tag={changed.tag} onClose={close} />}
      {changed?.how === "delete" && <DeleteTagDialog tag={changed.tag} onClose={close} />}
    </Container>
  );
}
