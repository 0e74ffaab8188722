import { useSyncExternalStore } from "react";

/** Whether the server asks for a token that this browser has not given. */
let required = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Say that a request was refused for want of the token, or that it has been given. */
export function setTokenRequired(value: boolean): void {
  if (required === value) return;
  required = value;
  listeners.forEach((listener) => listener());
}

export function useTokenRequired(): boolean {
  return useSyncExternalStore(subscribe, () => required);
}
