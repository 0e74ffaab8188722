import { Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconEye, IconEyeOff } from "@tabler/icons-react";

import type { RootFacts } from "@/api/system";
import { formatAgo } from "@/lib/format";

type Watch = RootFacts["watch"];

const labels: Record<Watch["state"], string> = {
  off: "Not watched for changes.",
  not_scanned: "Scan this folder once, and it is watched for changes from then on.",
  starting: "Watching for changes starts…",
  events: "Watched for changes.",
  polling: "Checked for changes regularly.",
  limited: "Checked for changes regularly.",
  unavailable: "Watched again when it is back.",
  failed: "Not watched for changes.",
};

const unwatched: Watch["state"][] = ["off", "not_scanned", "unavailable"];
const troubled: Watch["state"][] = ["limited", "failed"];

/** Whether and how a library folder is watched, and when changes were last noticed. */
export function WatchLine({ watch }: { watch: Watch }) {
  const isTroubled = troubled.includes(watch.state);
  const Icon = isTroubled ? IconAlertTriangle : unwatched.includes(watch.state) ? IconEyeOff : IconEye;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Icon size={16} aria-hidden style={{ flex: "none", marginTop: 3 }} />
      <Text size="sm" {...(!isTroubled && { c: "dimmed" })} style={{ overflowWrap: "anywhere" }}>
        {[labels[watch.state], watch.detail, noticed(watch.noticed_at)].filter(Boolean).join(" ")}
      </Text>
    </Group>
  );
}

function noticed(at: string | null): string | null {
  return at && `Last change noticed ${formatAgo(at)}.`;
}
