import type { Job, Root } from "@/api/types";

/** Returns whether the job scans a folder, not single files. */
export function isFolderScan(job: Job): boolean {
  return job.kind === "scan" && typeof job.params["folder"] === "string";
}

/** Returns whether `path` is `folder` or inside it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Returns the absolute path of a scan's folder; null if its root is no longer configured. */
export function folderOfScan(job: Job, roots: readonly Root[]): string | null {
  const root = roots.find((one) => one.name === job.params["root"]);
  if (!root) return null;
  const folder = job.params["folder"];
  return typeof folder === "string" && folder ? `${root.path}/${folder}` : root.path;
}

/** Returns the active scan that covers the folder at `path`. */
export function scanOf(path: string, scans: readonly Job[], roots: readonly Root[]): Job | undefined {
  return scans.find((job) => {
    const folder = folderOfScan(job, roots);
    if (folder === null) return false;
    return job.params["recursive"] === false ? folder === path : isWithin(path, folder);
  });
}

/** A folder in the path from a root. */
export interface Step {
  name: string;
  path: string;
}

/** Returns the folders from the root to `path`, inclusive; empty if no root contains it. */
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
