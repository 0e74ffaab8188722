import { Switch } from "@mantine/core";

import { chooseNotices, useNoticeChoice } from "@/lib/noticeChoice";

/** Chooses whether the system notifies when a job ends while the page is hidden. */
export function NoticeSwitch() {
  const choice = useNoticeChoice();
  if (choice === "unavailable") return null;
  const isBlocked = choice === "blocked";
  return (
    <Switch
      label="Notify me when jobs end"
      description={isBlocked ? "Blocked in the settings of this browser." : undefined}
      checked={choice === "on"}
      disabled={isBlocked}
      // For fingers: the label is part of the target.
      styles={{ body: { alignItems: "center" }, label: { paddingBlock: "0.75rem" } }}
      onChange={(event) => void chooseNotices(event.currentTarget.checked)}
    />
  );
}
