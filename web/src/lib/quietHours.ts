import { useQuery } from "@tanstack/react-query";

import { quietHoursQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { formatWeekdayTime } from "@/lib/format";
import { useJobKinds } from "@/lib/jobKinds";

/** Returns when the present quiet hours end, in words: "until Fri 6:00 AM"; null if there are none now. */
export function useQuietHours(): string | null {
  const { data } = useQuery(quietHoursQuery);
  if (!data?.are_now) return null;
  return data.end_at === null ? "all the time" : `until ${formatWeekdayTime(data.end_at)}`;
}

/** Returns in words what the job waits for, if that is the end of the quiet hours or of other work, else null. */
export function useHeldBack(job: Job): string | null {
  const kinds = useJobKinds();
  const hours = useQuietHours();
  const runsInThem = kinds.get(job.kind)?.runs_in_quiet_hours ?? false;
  if (job.status !== "queued") return null;
  if (hours !== null && !runsInThem) return `Waits: quiet hours ${hours}`;
  return job.params["when_idle"] === true ? "Waits until nothing else is running" : null;
}
