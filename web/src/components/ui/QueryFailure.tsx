import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";

import { sentenceOf } from "@/api/problem";

interface QueryFailureProps {
  title: string;
  error: Error;
  onRetry: () => void;
}

/** Shown instead of data that could not be loaded. */
export function QueryFailure({ title, error, onRetry }: QueryFailureProps) {
  return (
    <Alert color="red" title={title} icon={<IconAlertCircle aria-hidden />}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sentenceOf(error)}</Text>
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      </Stack>
    </Alert>
  );
}
