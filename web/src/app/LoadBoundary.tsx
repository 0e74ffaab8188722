import { Button, Modal, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

import { sentenceOf } from "@/api/problem";

interface LoadBoundaryProps {
  /** As in "the scan dialog". */
  what: string;
  onClose: () => void;
  children: ReactNode;
}

/** Says that a dialog could not be loaded, and leaves the page under it alone. */
export class LoadBoundary extends Component<LoadBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const close = () => {
      this.props.onClose();
      this.setState({ error: null });
    };
    return (
      <Modal opened onClose={close} title={`Cannot show ${this.props.what}`}>
        <Text mb="md">{sentenceOf(error)} Reload the page to go on.</Text>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
      </Modal>
    );
  }
}
