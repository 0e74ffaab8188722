import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Job } from "@/api/types";
import { endTitle, endMessage, isUnasked } from "@/features/jobs/endWords";
import { noticeChoice } from "@/lib/noticeChoice";
import { jobHash } from "@/features/jobs/useJobTarget";
import { useJobKinds, type JobKinds } from "@/lib/jobKinds";
import { useJobEnds } from "@/lib/live/jobEnds";
import { announceVisibility, isAnyTabVisible } from "@/lib/visibleTabs";

/** Tabs and jobs have one notice together: a later one replaces it. */
const TAG = "stoat-ferret jobs";
const MOST_NAMED = 4;

/** Shows a notice of the system when jobs end while no tab is visible, if people have chosen that. */
export function DesktopNotices() {
  const kinds = useJobKinds();
  const navigate = useNavigate();
  const ended = useRef<Job[]>([]);
  const shown = useRef<Notification | null>(null);
  useEffect(announceVisibility, []);
  useEffect(() => {
    function forget() {
      if (document.visibilityState !== "visible") return;
      ended.current = [];
      shown.current?.close();
    }
    document.addEventListener("visibilitychange", forget);
    return () => document.removeEventListener("visibilitychange", forget);
  }, []);
  useJobEnds((job) => {
    if (noticeChoice() !== "on" || isUnasked(job)) return;
    void isAnyTabVisible().then((isVisible) => {
      if (isVisible) return;
      ended.current.push(job);
      const [only] = ended.current.length === 1 ? ended.current : [];
      const hash = only && jobHash(only.id);
      const notice = notify(ended.current, kinds, hash ? `/jobs#${hash}` : "/jobs");
      shown.current = notice;
      if (!notice) return;
      notice.onclick = () => {
        window.focus();
        notice.close();
        void navigate({ to: "/jobs", ...(hash && { hash }) });
      };
    });
  });
  return null;
}

function notify(jobs: readonly Job[], kinds: JobKinds, address: string): Notification | null {
  const [first] = jobs;
  if (!first) return null;
  const titles = jobs.map((job) => endTitle(job, kinds));
  const rest = titles.length - MOST_NAMED;
  const lines = [...titles.slice(0, MOST_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])];
  const title = jobs.length === 1 ? endTitle(first, kinds) : `${jobs.length} jobs have ended`;
  const options = {
    tag: TAG,
    icon: "/icon-192.png",
    body: jobs.length === 1 ? endMessage(first, kinds) : lines.join("\n"),
    data: address,
  };
  try {
    return new Notification(title, options);
  } catch {
    // On phones, only service workers may show them.
    void navigator.serviceWorker.getRegistration().then((found) => found?.showNotification(title, options));
    return null;
  }
}
