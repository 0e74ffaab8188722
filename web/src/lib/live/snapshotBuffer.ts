import type { Job } from "@/api/types";

/** The longest wait in a hidden tab, which draws no frames. */
const LONGEST_MILLISECONDS = 250;

/**
 * Collects snapshots and passes the newest of each job to `flush`, once before each frame is drawn.
 */
export class SnapshotBuffer {
  readonly #flush: (jobs: Job[]) => void;
  readonly #waiting = new Map<string, Job>();
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(flush: (jobs: Job[]) => void) {
    this.#flush = flush;
  }

  add(job: Job): void {
    this.#waiting.set(job.id, job);
    if (this.#timer !== undefined) return;
    this.#frame = requestAnimationFrame(() => this.release());
    this.#timer = setTimeout(() => this.release(), LONGEST_MILLISECONDS);
  }

  /** Flushes now. */
  release(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = this.#timer = undefined;
    const jobs = [...this.#waiting.values()];
    this.#waiting.clear();
    if (jobs.length > 0) this.#flush(jobs);
  }
}
