import { client, dataOf } from "@/api/client";
import type { Job } from "@/api/types";

/** Ask for a scan; one of the same folder that is active is returned instead. */
export async function startScan(request: {
  path: string;
  recursive?: boolean;
  force?: boolean;
}): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/scans", { body: { recursive: true, force: false, ...request } }),
  );
}
