import { useSyncExternalStore } from "react";

/** Whether the server asks for a token that this browser has not given. */
let required = false;
const listeners = new Set<() => void>();

const CHANNEL = "stoat-ferret session";

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

/** Tell the other tabs of this browser that it has signed in, or out: they share its cookie. */
export function tellOtherTabs(signedIn: boolean): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(signedIn);
  channel.close();
}

/** Hear what other tabs tell; returns what ends that. */
export function hearOtherTabs(listener: (signedIn: boolean) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event: MessageEvent<unknown>) => listener(event.data === true);
  return () => channel.close();
}
