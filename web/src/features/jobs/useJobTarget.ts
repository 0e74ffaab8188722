import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, type RefObject } from "react";

/** The address of a job in the list of jobs. */
export function jobHash(id: string): string {
  return `job-${id}`;
}

/** Returns a ref for the element of a job, which gets the focus if the address names the job. */
export function useJobTarget(id: string): RefObject<HTMLLIElement | null> {
  const element = useRef<HTMLLIElement>(null);
  // Each visit is another key, so that the same address leads there again.
  const visit = useLocation({
    select: ({ hash, state }) => (hash === jobHash(id) ? (state.__TSR_key ?? hash) : null),
  });
  useEffect(() => {
    if (visit === null) return;
    element.current?.scrollIntoView({ block: "center" });
    element.current?.focus({ preventScroll: true });
  }, [visit]);
  return element;
}
