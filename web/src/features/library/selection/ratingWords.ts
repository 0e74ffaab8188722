import { formatCounted } from "@/lib/format";

/** "4 stars", or "No rating". */
export function ratingWords(rating: number | null): string {
  return rating === null ? "No rating" : formatCounted(rating, "star");
}
