import { Anchor } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

interface PageLinkProps {
  /** An address on this server, such as `/?status=bad`. */
  href: string;
  children: ReactNode;
  onFollow?: () => void;
}

/** A link within the page, with a plain address instead of typed parameters. */
export function PageLink({ href, children, onFollow }: PageLinkProps) {
  const navigate = useNavigate();
  function follow(event: MouseEvent) {
    onFollow?.();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigate({ href });
  }
  return (
    <Anchor href={href} onClick={follow} size="sm" underline="always">
      {children}
    </Anchor>
  );
}
