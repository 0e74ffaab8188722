import type { ServerSettings, SettingValues } from "@/api/settings";
import type { RootFacts, System } from "@/api/system";
import type { Root } from "@/api/types";

export function makeRoot(facts: Partial<RootFacts> = {}): RootFacts {
  return {
    name: "Videos",
    path: "/home/ada/Videos",
    available: true,
    space: { free_bytes: 120e9, total_bytes: 500e9 },
    videos: { ok: 1200, bad: 3, skipped: 0, missing: 0 },
    watch: { state: "events", detail: null, noticed_at: null },
    ...facts,
  };
}

const defaults: SettingValues = {
  scan_schedule: null,
  quiet_hours: null,
  watch: "auto",
  thumbnails: true,
  storyboards_after_scan: true,
  scan_concurrency: 1,
  render_concurrency: 1,
};

export function makeSettings(values: Partial<SettingValues> = {}, fixed: Record<string, string> = {}): ServerSettings {
  return { values: { ...defaults, ...values }, defaults, fixed, revision: 3 };
}

export function makeRoots(facts: Partial<Root> = {}, canAdd = true) {
  const root: Root = { name: "Videos", path: "/home/ada/Videos", available: true, problem: null, fixed_by: null, ...facts };
  const output = { name: "renders", path: "/renders" };
  return { items: [root], next_cursor: null, total: 1, default: false, can_add: canAdd, output };
}

export function makeSystem(facts: Partial<System> = {}): System {
  return {
    version: "0.1.0",
    python: "3.11.9",
    machine: "Linux x86_64",
    checks: {
      database: { ok: true, detail: "sqlite answers" },
      ffmpeg: { ok: true, detail: "7.1 at /usr/bin/ffmpeg" },
      ffprobe: { ok: true, detail: "7.1 at /usr/bin/ffprobe" },
      queue: { ok: true, detail: "2 jobs kept" },
    },
    libav: "18.1.0",
    prober: "libav",
    media_processes: 2,
    database: { engine: "SQLite", version: "3.46.1", revision: "0003", size_bytes: 52e6 },
    data_dir: "/home/ada/.local/share/stoat-ferret",
    data_disk: { free_bytes: 120e9, total_bytes: 500e9 },
    pictures: {
      counting: false,
      thumbnails: { files: 2400, size_bytes: 31e6 },
      storyboards: { files: 300, size_bytes: 90e6 },
    },
    roots: [makeRoot()],
    roots_are_default: false,
    scan_schedule: null,
    next_scan_at: null,
    token_required: false,
    started_at: "2026-01-31T12:00:00Z",
    uptime_seconds: 3600,
    ...facts,
  };
}
