import type { System } from "@/api/system";
import { formatTimeLeft } from "@/lib/format";

/** Returns facts for a bug report as text, without names of folders and files except programs. */
export function bugReport(system: System, browser: string): string {
  const { database, checks } = system;
  const lines: [string, string][] = [
    ["stoat-ferret", system.version],
    ["Python", system.python],
    ["machine", system.machine],
    ["ffmpeg", checks["ffmpeg"]?.detail ?? "unknown"],
    ["ffprobe", checks["ffprobe"]?.detail ?? "unknown"],
    ["PyAV", system.libav ?? "not installed"],
    ["prober", `${system.prober}, ${system.media_processes} processes`],
    [
      "database",
      database ? `${database.engine} ${database.version}, schema ${database.revision}` : "busy",
    ],
    ["uptime", formatTimeLeft(system.uptime_seconds)],
    ["browser", browser],
  ];
  return lines.map(([name, value]) => `${name}: ${value}`).join("\n");
}
