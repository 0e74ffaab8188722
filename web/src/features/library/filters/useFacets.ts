import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { activeJobsQuery } from "@/api/jobs";
import { facetsQuery } from "@/api/videos";
import { filterQuery } from "@/features/library/filterQuery";
import type { Filters } from "@/features/library/librarySearch";

const WHILE_SCANNING_MILLISECONDS = 10_000;

/** Returns the counts of the filters, refetched every ten seconds during a scan. */
export function useFacets(filters: Filters) {
  const queryClient = useQueryClient();
  const { data: isScanning = false } = useQuery({
    ...activeJobsQuery,
    select: (jobs) => jobs.some((job) => job.kind === "scan" && job.status === "running"),
  });
  useEffect(() => {
    if (!isScanning) void queryClient.invalidateQueries({ queryKey: ["facets"] });
  }, [queryClient, isScanning]);
  return useQuery({
    ...facetsQuery(filterQuery(filters)),
    refetchInterval: isScanning ? WHILE_SCANNING_MILLISECONDS : false,
  });
}
