import { Button, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { FaultText } from "@/features/render/fields/FaultText";
import { useFault } from "@/features/render/fields/faults";

interface OverlayListProps {
  label: string;
  /** "Add text". */
  adding: string;
  path: string;
  children: ReactNode;
  onAdd: () => void;
}

/** A list of overlays, with a button that adds one. */
export function OverlayList({ label, adding, path, children, onAdd }: OverlayListProps) {
  const fault = useFault(path);
  return (
    <Stack gap="xs" align="stretch" role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {children}
      <FaultText>{fault}</FaultText>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={onAdd}
      >
        {adding}
      </Button>
    </Stack>
  );
}
