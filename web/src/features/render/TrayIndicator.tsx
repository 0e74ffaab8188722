import { Button } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { formatCounted } from "@/lib/format";
import { useRenderDraft } from "@/lib/renderDraft";

/** A link to the draft with its number of clips; nothing without clips. */
export function TrayIndicator() {
  const count = useRenderDraft().clips.length;
  if (count === 0) return null;
  const words = `Render: ${formatCounted(count, "clip")}`;
  return (
    <Button
      component={Link}
      to="/render"
      variant="default"
      size="sm"
      px="xs"
      leftSection={<IconMovie size={18} aria-hidden />}
      aria-label={words}
      title={words}
    >
      {count}
    </Button>
  );
}
