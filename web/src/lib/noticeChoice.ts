import { useSyncExternalStore } from "react";

import { keepChoice, keptChoice } from "@/lib/keptChoice";

/** Whether people want notices of the system, in this browser. */
export type NoticeChoice = "on" | "off" | "blocked" | "unavailable";

const KEY = "stoat-ferret job notices";
const listeners = new Set<() => void>();

/** Returns the choice; `unavailable` where the browser has none, as over HTTP from another machine. */
export function noticeChoice(): NoticeChoice {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unavailable";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && keptChoice(KEY) === "on" ? "on" : "off";
}

/** Turns notices on or off; on asks the browser for its permission if it was never asked. */
export async function chooseNotices(isOn: boolean): Promise<void> {
  if (isOn && Notification.permission === "default") await Notification.requestPermission();
  keepChoice(KEY, isOn ? "on" : "off");
  listeners.forEach((listener) => listener());
}

export function useNoticeChoice(): NoticeChoice {
  return useSyncExternalStore(subscribe, noticeChoice);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}
