import type { Marker } from "@/api/markers";
import { formatDuration } from "@/lib/format";
import { shownName } from "@/lib/shownName";

/** "0:12", or "0:12 – 0:20". */
export function timeWords({ start_seconds: start, end_seconds: end }: Pick<Marker, "start_seconds" | "end_seconds">): string {
  return end == null ? clock(start) : `${clock(start)} – ${clock(end)}`;
}

function clock(seconds: number): string {
  return formatDuration(Math.floor(seconds));
}

export function titleOf({ title, tags }: Pick<Marker, "title" | "tags">): string {
  if (title !== "") return shownName(title);
  return tags.length > 0 ? tags.map((tag) => `#${shownName(tag)}`).join(" ") : "Untitled";
}
