import { Alert, Button, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import classes from "@/features/video/player/Player.module.css";

interface PlayerNoticeProps {
  slot: string;
  problem: string;
  onRetry: () => void;
}

/** Says why nothing plays any more, and tries again. */
export function PlayerNotice({ slot, problem, onRetry }: PlayerNoticeProps) {
  return (
    // The attribute keeps the controls from hiding it.
    <div slot={slot} className={classes["notice"]} role="alert" {...{ noautohide: "" }}>
      <Alert
        color="red"
        variant="white"
        icon={<IconAlertTriangle aria-hidden />}
        title="It does not play"
        role="presentation"
      >
        <Stack gap="xs" align="flex-start">
          {problem}
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Stack>
      </Alert>
    </div>
  );
}
