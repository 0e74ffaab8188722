import { Text } from "@mantine/core";

import { formatCount } from "@/lib/format";

/** Shown if a list is too long for a browser. */
export function ListEnd({ shown, total }: { shown: number; total: number }) {
  if (shown >= total) return null;
  return (
    <Text c="dimmed" ta="center" size="sm" p="md">
      Showing the first {formatCount(shown)} of {formatCount(total)} videos. Search or filter to see the rest.
    </Text>
  );
}
