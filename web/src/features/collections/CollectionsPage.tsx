import { Alert, Button, Container, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { collectionsQuery } from "@/api/collections";
import { sentenceOf } from "@/api/problem";
import { NameForm } from "@/components/ui/NameForm";
import { CollectionCard } from "@/features/collections/CollectionCard";
import { useCollectionChanges } from "@/features/collections/useCollectionActions";

import classes from "@/features/collections/CollectionPage.module.css";

/** All collections. */
export function CollectionsPage() {
  const [isNaming, setNaming] = useState(false);
  const { data: collections, error, refetch } = useQuery(collectionsQuery);
  const { create } = useCollectionChanges();
  return (
    <Container size="lg" py="md" px="md">
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={1} size="h2">
          Collections
        </Title>
        {!isNaming && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNaming(true)}>
            New collection
          </Button>
        )}
      </Group>
      {isNaming && (
        <NameForm label="Name of the collection" name="" onSave={create} onClose={() => setNaming(false)} />
      )}
      {error && (
        <Alert color="red" title="Could not load collections" role="alert">
          <Stack gap="xs" align="flex-start">
            {sentenceOf(error)}
            <Button variant="default" size="xs" onClick={() => void refetch()}>
              Try again
            </Button>
          </Stack>
        </Alert>
      )}
      {collections === undefined && !error && (
        <div className={classes["cards"]} aria-busy aria-label="Loading collections" role="status">
          {[1, 2, 3].map((card) => (
            <Skeleton key={card} height={180} />
          ))}
        </div>
      )}
      {collections?.length === 0 && (
        <Text c="dimmed">
          A collection is a list of videos in an order of your own, such as the clips of a film. Create one here, or select
          videos in the library and choose “Collection”.
        </Text>
      )}
      {collections && collections.length > 0 && (
        <ul className={classes["cards"]} aria-label="Collections">
          {collections.map((collection) => (
            <CollectionCard key={collection.id} collection={collection} />
          ))}
        </ul>
      )}
    </Container>
  );
}
