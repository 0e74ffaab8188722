import { useMutation, useQueryClient } from "@tanstack/react-query";

import { cancelJob, forgetJob, getJob, retryJob } from "@/api/jobs";
import { ApiError } from "@/api/problem";
import type { Job } from "@/api/types";
import { dropJob, storeJob } from "@/lib/live/jobCache";

const CONFLICT = 409;

/** Asks a job to stop; one that has ended meanwhile is shown as it ended. */
export function useCancelJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string): Promise<Job> => {
      try {
        return await cancelJob(id);
      } catch (error) {
        if (error instanceof ApiError && error.status === CONFLICT) return getJob(id);
        throw error;
      }
    },
    onSuccess: (job) => storeJob(queryClient, job),
  });
}

/** Runs a job that has ended once more; gives the new job. */
export function useRetryJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => retryJob(id),
    onSuccess: (job) => storeJob(queryClient, job),
  });
}

/** Takes a job that has ended off the record. */
export function useForgetJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => forgetJob(id),
    onSuccess: (_, id) => dropJob(queryClient, id),
  });
}
