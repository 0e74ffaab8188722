import { useEffect, useSyncExternalStore } from "react";

/** The titles set by components, newest last. */
let titles: readonly { owner: symbol; title: string }[] = [];
const listeners = new Set<() => void>();

function change(next: typeof titles): void {
  titles = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Sets the title of the tab while the component is mounted; null leaves the route's title. */
export function usePageTitle(title: string | null): void {
  useEffect(() => {
    if (title === null) return;
    const owner = Symbol(title);
    change([...titles, { owner, title }]);
    return () => change(titles.filter((one) => one.owner !== owner));
  }, [title]);
}

export function useOwnPageTitle(): string | null {
  return useSyncExternalStore(subscribe, () => titles.at(-1)?.title ?? null);
}
