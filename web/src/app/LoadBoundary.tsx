import { Button, Group, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";

import { sentenceOf } from "@/api/problem";

import classes from "@/app/Frame.module.css";

interface LoadBoundaryProps {
  /** "the scan dialog". */
  what: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Shows that a dialog could not be loaded, without affecting the page below it. */
export class LoadBoundary extends Component<LoadBoundaryProps, { error: Error | null }> {
  protected declare readonly nominal: true;
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    const { what, opened, onClose, children } = this.props;
    if (error === null) return children;
    if (!opened) return null;
    const title = `Cannot show ${what}`;
    return (
      // The browser's own dialog: everything else may not have been loaded.
      <dialog ref={showModal} className={classes["fallbackDialog"]} aria-label={title} onClose={onClose}>
        <Title order={2} size="h4" mb="xs">
          {title}
        </Title>
        <Text mb="md">{sentenceOf(error)} Reload the page to continue.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button onClick={() => window.location.reload()}>Reload the page</Button>
        </Group>
      </dialog>
    );
  }
}

function showModal(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
}
