import { detailOf } from "@/api/jobs";
import type { Job } from "@/api/types";
import { formatCounted, formatDuration, formatSize } from "@/lib/format";

/** Words that only render jobs have. */

export interface RenderedFile {
  /** Null if it is not a video. */
  videoId: string | null;
  path: string;
  name: string;
  sizeBytes: number;
  durationSeconds: number | null;
}

function makesFiles(job: Job): boolean {
  return job.kind === "render" || job.kind === "render-batch";
}

export function renderedFiles(job: Job): RenderedFile[] {
  const outputs: unknown = makesFiles(job) ? job.result?.["outputs"] : null;
  if (!Array.isArray(outputs)) return [];
  return outputs.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const { video_id: id, path, size_bytes: size, duration_seconds: seconds } = one as Record<string, unknown>;
    if (typeof path !== "string") return [];
    return [
      {
        videoId: typeof id === "string" ? id : null,
        path,
        name: path.slice(path.lastIndexOf("/") + 1),
        sizeBytes: typeof size === "number" ? size : 0,
        durationSeconds: typeof seconds === "number" ? seconds : null,
      },
    ];
  });
}

export function renderNotes(job: Job): string[] {
  const notes: unknown = makesFiles(job) ? job.result?.["notes"] : null;
  return Array.isArray(notes) ? notes.filter((note) => typeof note === "string") : [];
}

/** "Created holiday.mp4, 3.2 MB."; null without a file. */
export function renderEndWords(job: Job): string | null {
  const files = renderedFiles(job);
  const [first] = files;
  if (!first) return null;
  const size = formatSize(files.reduce((sum, file) => sum + file.sizeBytes, 0));
  return `Created ${files.length === 1 ? first.name : formatCounted(files.length, "file")}, ${size}.`;
}

/** "2 clips"; null if unknown. */
export function renderTarget(job: Job): string | null {
  const made = renderedFiles(job);
  if (made.length === 1 && made[0]) return `“${made[0].name}”`;
  const { clips } = job.params;
  return Array.isArray(clips) ? formatCounted(clips.length, "clip") : null;
}

/** The progress of a render: "0:12 of 1:30", "2.1× speed", "3.2 MB so far". */
export function renderNumbers(job: Job): string[] {
  const { done, total, speed, fps, size_bytes: size } = detailOf(job);
  const parts = [
    typeof done === "number" && typeof total === "number" ? `${formatDuration(done)} of ${formatDuration(total)}` : null,
    typeof speed === "number" && speed >= 0.01 ? `${speed.toFixed(speed < 1 ? 2 : 1)}× speed` : null,
    typeof fps === "number" && fps > 0 ? `${Math.round(fps)} fps` : null,
    typeof size === "number" ? `${formatSize(size)} so far` : null,
  ];
  return parts.filter((part) => part !== null);
}
