import { Alert, Button, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";

/** Shows that the player could not be loaded, without affecting the rest of the page. */
export class PlayerBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  protected declare readonly nominal: true;
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="The player could not be loaded">
        <Stack gap="xs" align="flex-start">
          The server may have been updated, or it cannot be reached.
          <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </Stack>
      </Alert>
    );
  }
}
