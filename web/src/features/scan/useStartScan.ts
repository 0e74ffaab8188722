import { useMutation, useQueryClient } from "@tanstack/react-query";

import { activeJobsQuery } from "@/api/jobs";
import { startScan } from "@/api/scans";
import { storeJob } from "@/lib/live/jobCache";

interface Wanted {
  path: string;
  recursive: boolean;
  force: boolean;
}

/** Starts a scan; `joined` means that it was already active. */
export function useStartScan() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: Wanted) => {
      const before = queryClient.getQueryData(activeJobsQuery.queryKey) ?? [];
      const job = await startScan(wanted);
      return { job, joined: before.some((one) => one.id === job.id) };
    },
    onSuccess: ({ job }) => storeJob(queryClient, job),
  });
}
