import { Text } from "@mantine/core";

/** Says that an edit is kept in the browser until the server answers. */
export function WaitingText() {
  return (
    <Text size="sm" c="dimmed" component="span" display="block">
      Waiting for the server. Kept in this browser.
    </Text>
  );
}
