import { useMutation, useQueryClient } from "@tanstack/react-query";

import { cancelJob, forgetJob, getJob, pauseJob, resumeJob, retryJob } from "@/api/jobs";
import { ApiError } from "@/api/problem";
import type { Job } from "@/api/types";
import { isCancelling } from "@/lib/jobWords";
import { dropJob, storeJob } from "@/lib/live/jobCache";

const CONFLICT = 409;

/** Requests the cancellation of a job; one that has ended in the meantime is shown as it ended. */
function useCancelJob() {
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

/** Returns `job` as to be shown while its cancellation is on the way, and what requests that. */
export function useCancellation(job: Job) {
  const { mutate, isPending, error } = useCancelJob();
  const isRequested = isPending || isCancelling(job);
  return {
    shown: isRequested ? { ...job, cancel_requested: true } : job,
    isCancelling: isRequested,
    cancel: () => {
      if (!isRequested) mutate(job.id);
    },
    error,
  };
}

/** Pauses a job, or resumes it; one that has changed meanwhile is shown as it is now. */
export function usePausing(job: Job, resumes: boolean) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<Job> => {
      try {
        return await (resumes ? resumeJob : pauseJob)(job.id);
      } catch (error) {
        if (error instanceof ApiError && error.status === CONFLICT) return getJob(job.id);
        throw error;
      }
    },
    onSuccess: (changed) => storeJob(queryClient, changed),
  });
}

/** Runs a finished job again; returns the new job. */
export function useRetryJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => retryJob(id),
    onSuccess: (job) => storeJob(queryClient, job),
  });
}

/** Deletes the record of a finished job. */
export function useForgetJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => forgetJob(id),
    onSuccess: (_, id) => dropJob(queryClient, id),
  });
}
