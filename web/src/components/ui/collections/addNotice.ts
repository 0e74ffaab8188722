import type { EntriesChange } from "@/api/collections";
import { formatCount, formatCounted } from "@/lib/format";

/** Describes what was added to a collection, and what was in it already. */
export function addedWords(name: string, { changed, unchanged }: Pick<EntriesChange, "changed" | "unchanged">): string {
  if (changed === 0 && unchanged > 0) return unchanged === 1 ? `Already in “${name}”.` : `All of them are in “${name}” already.`;
  const others = unchanged === 0 ? "" : ` ${formatCount(unchanged)} ${unchanged === 1 ? "was" : "were"} in it already.`;
  return `${formatCounted(changed, "video")} added to “${name}”.${others}`;
}
