import { columnsOf } from "@/features/library/grid/columns";

import classes from "@/features/library/LibraryPage.module.css";

/** The skeleton of the grid until the first response. */
export function ListSkeleton() {
  const { count, gap } = columnsOf(document.documentElement.clientWidth - 32, "medium");
  return (
    <div
      role="status"
      aria-label="Loading videos"
      className={classes["skeleton"]}
      style={{ gridTemplateColumns: `repeat(${count}, minmax(0, 1fr))`, gap }}
    >
      {Array.from({ length: count * 3 }, (_, place) => (
        <span key={place} className={classes["skeletonCard"]} />
      ))}
    </div>
  );
}
