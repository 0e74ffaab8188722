/** A text that is stored in this browser and shared by its tabs, for `useSyncExternalStore`. */
export interface KeptText {
  read: () => string | null;
  /** Stores the text; null removes it. */
  write: (text: string | null) => void;
  /** Calls the listener whenever the text may have changed, in any tab; returns what ends that. */
  subscribe: (listener: () => void) => () => void;
}

/** Returns the text with a key; without storage, it lasts until the page is left. */
export function keptText(key: string): KeptText {
  const listeners = new Set<() => void>();
  /** The text if the browser stores nothing. */
  let unkept: string | null = null;

  function notify(): void {
    listeners.forEach((listener) => listener());
  }

  function onStorage(event: StorageEvent): void {
    // Null if all storage was cleared.
    if (event.key === key || event.key === null) notify();
  }

  return {
    read: () => {
      if (unkept !== null) return unkept;
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        if (text === null) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
        unkept = null;
      } catch {
        unkept = text;
      }
      notify();
    },
    subscribe: (listener) => {
      if (listeners.size === 0) window.addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", onStorage);
      };
    },
  };
}
