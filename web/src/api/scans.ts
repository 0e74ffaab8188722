import { client, dataOf } from "@/api/client";
import type { Job } from "@/api/types";

/** Starts a scan, or returns the active one of the same folder. */
export async function startScan(request: {
  path: string;
  recursive?: boolean;
  force?: boolean;
}): Promise<Job> {
  return dataOf(
    await client.POST("/api/v1/scans", { body: { recursive: true, force: false, ...request } }),
  );
}
