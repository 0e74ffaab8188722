import { useQuery } from "@tanstack/react-query";

import { jobKindsQuery } from "@/api/jobs";
import type { JobKind } from "@/api/types";

/** The kinds of jobs that the server knows, by name. */
export type JobKinds = ReadonlyMap<string, JobKind>;

const UNKNOWN: JobKinds = new Map();

/** Returns the kinds of jobs; empty until the server has answered. */
export function useJobKinds(): JobKinds {
  return useQuery({ ...jobKindsQuery, select: byName }).data ?? UNKNOWN;
}

export function byName(kinds: readonly JobKind[]): JobKinds {
  return new Map(kinds.map((kind) => [kind.name, kind]));
}
