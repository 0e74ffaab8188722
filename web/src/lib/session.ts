import { useSyncExternalStore } from "react";

/** Whether the server requires a token that this browser has not sent. */
let required = false;
const listeners = new Set<() => void>();

const CHANNEL = "stoat-ferret session";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Records that a request was refused without a token, or that the browser has signed in. */
export function setTokenRequired(value: boolean): void {
  if (required === value) return;
  required = value;
  listeners.forEach((listener) => listener());
}

export function useTokenRequired(): boolean {
  return useSyncExternalStore(subscribe, () => required);
}

/** Notifies the other tabs of this browser, which share its cookie, of a sign-in or sign-out. */
export function notifyOtherTabs(signedIn: boolean): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(signedIn);
  channel.close();
}

/** Listens to other tabs; returns a function that stops listening. */
export function listenToOtherTabs(listener: (signedIn: boolean) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event: MessageEvent<unknown>) => listener(event.data === true);
  return () => channel.close();
}
