import { useEffect, useSyncExternalStore } from "react";

/** The prefix of the tab's title, such as "42%". */
let prefix: string | null = null;
const listeners = new Set<() => void>();

function change(next: string | null): void {
  if (prefix === next) return;
  prefix = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSetTitlePrefix(words: string | null): void {
  useEffect(() => {
    change(words);
    return () => change(null);
  }, [words]);
}

export function useTitlePrefix(): string | null {
  return useSyncExternalStore(subscribe, () => prefix);
}
