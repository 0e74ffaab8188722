import { Alert, Button, Container, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { collectionQuery } from "@/api/collections";
import { ApiError, sentenceOf } from "@/api/problem";
import { CollectionHead } from "@/features/collections/CollectionHead";
import { CollectionRows } from "@/features/collections/CollectionRows";
import { useCollectionActions } from "@/features/collections/useCollectionActions";
import { usePageTitle } from "@/lib/pageTitle";
import { shownName } from "@/lib/shownName";

import classes from "@/features/collections/CollectionPage.module.css";

const route = getRouteApi("/collections/$collectionId");

/** A collection: its videos, in an order that people choose. */
export function CollectionPage() {
  const { collectionId } = route.useParams();
  const [isDeleting, setDeleting] = useState(false);
  const { data: collection, error, refetch } = useQuery({
    ...collectionQuery(collectionId),
    // Once it is deleted, it is not found any more.
    enabled: !isDeleting,
    retry: (count, failure) => count < 2 && !(failure instanceof ApiError && failure.status === 404),
  });
  const actions = useCollectionActions(collectionId);
  usePageTitle(collection ? shownName(collection.name) : null);
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Container size="md" py="md" px="md">
      {isGone ? (
        <Stack align="flex-start">
          <Title order={1} size="h2">
            No such collection
          </Title>
          <Text>It was deleted, or the address is mistyped.</Text>
          <Link to="/collections" className={classes["back"]}>
            All collections
          </Link>
        </Stack>
      ) : collection ? (
        <>
          <CollectionHead collection={collection} onDeleting={setDeleting} />
          {collection.count === 0 ? (
            <Text c="dimmed">
              No videos yet. In the <Link to="/">library</Link>, select videos and choose “Collection”.
            </Text>
          ) : (
            <CollectionRows key={collection.id} id={collection.id} count={collection.count} actions={actions} />
          )}
        </>
      ) : error ? (
        <Alert color="red" title="Could not load the collection" role="alert">
          <Stack gap="xs" align="flex-start">
            {sentenceOf(error)}
            <Button variant="default" size="xs" onClick={() => void refetch()}>
              Try again
            </Button>
          </Stack>
        </Alert>
      ) : (
        <Stack gap="xs" aria-busy aria-label="Loading collection" role="status">
          <Skeleton height={36} width="50%" />
          {[1, 2, 3].map((row) => (
            <Skeleton key={row} height={60} />
          ))}
        </Stack>
      )}
    </Container>
  );
}
