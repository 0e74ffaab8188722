import { useQuery } from "@tanstack/react-query";

import { activeJobsQuery } from "@/api/jobs";

/** How many jobs are active, everywhere on the page. */
export function JobIndicator() {
  const { data: jobs = [] } = useQuery(activeJobsQuery);
  return <span>{jobs.length}</span>;
}
