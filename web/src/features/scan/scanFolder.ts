import type { Job, Root } from "@/api/types";

/** Whether the job is the scan of a folder, not of single files. */
export function isFolderScan(job: Job): boolean {
  return job.kind === "scan" && typeof job.params["folder"] === "string";
}

/** Whether `path` is `folder` or in it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** The absolute path of the folder that a scan is of; null where its root is configured no more. */
export function folderOfScan(job: Job, roots: readonly Root[]): string | null {
  const root = roots.find((one) => one.name === job.params["root"]);
  if (!root) return null;
  const folder = job.params["folder"];
  return typeof folder === "string" && folder ? `${root.path}/${folder}` : root.path;
}

/** The active scan that reads the folder at `path`, itself or with all that is in it. */
export function scanOf(path: string, scans: readonly Job[], roots: readonly Root[]): Job | undefined {
  return scans.find((job) => {
    const folder = folderOfScan(job, roots);
    if (folder === null) return false;
    return job.params["recursive"] === false ? folder === path : isWithin(path, folder);
  });
}

/** A folder on the way from a root to `path`. */
export interface Step {
  name: string;
  path: string;
}

/** The folders from the root to `path`, both included; empty where no root holds it. */
export function stepsTo(path: string, roots: readonly Root[]): Step[] {
  const root = roots
    .filter((one) => isWithin(path, one.path))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!root) return [];
  const steps: Step[] = [{ name: root.name, path: root.path }];
  for (const name of path.slice(root.path.length).split("/").filter(Boolean)) {
    const above = steps[steps.length - 1]?.path ?? "";
    steps.push({ name, path: `${above.replace(/\/$/, "")}/${name}` });
  }
  return steps;
}
