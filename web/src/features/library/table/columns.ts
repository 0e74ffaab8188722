import type { Video } from "@/api/types";
import type { SortKey } from "@/api/types";
import { nameOf } from "@/features/library/videoWords";
import { formatDuration, formatResolution, formatSize, NOTHING } from "@/lib/format";

export interface Column {
  label: string;
  /** The sort key of its header. */
  sort?: SortKey;
  text: (video: Video) => string;
  isNumber?: boolean;
  /** Whether only readable videos have it. */
  ofUsable?: boolean;
  /** The smallest page width that shows it; see the style sheet. */
  from: "phone" | "tablet" | "desktop";
}

const date = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

function formatDate(iso: string | null): string {
  return iso === null ? NOTHING : date.format(new Date(iso));
}

/** The columns of the table; the first has the thumbnail and the name. */
export const columns: readonly Column[] = [
  { label: "Name", sort: "name", text: nameOf, from: "phone" },
  {
    label: "Duration",
    sort: "duration",
    text: (video) => formatDuration(video.duration_seconds),
    isNumber: true,
    ofUsable: true,
    from: "phone",
  },
  {
    label: "Resolution",
    sort: "height",
    text: (video) => formatResolution(video.width, video.height) ?? NOTHING,
    isNumber: true,
    ofUsable: true,
    from: "tablet",
  },
  { label: "Codec", text: (video) => video.video_codec ?? NOTHING, ofUsable: true, from: "desktop" },
  {
    label: "Size",
    sort: "size",
    text: (video) => formatSize(video.size_bytes),
    isNumber: true,
    from: "tablet",
  },
  {
    label: "Recorded",
    sort: "taken",
    text: (video) => formatDate(video.taken_at),
    ofUsable: true,
    from: "desktop",
  },
  {
    label: "Added",
    sort: "added",
    text: (video) => formatDate(video.added_at),
    ofUsable: true,
    from: "desktop",
  },
];
