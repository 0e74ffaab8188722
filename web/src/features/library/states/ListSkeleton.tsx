import { columnsOf } from "@/features/library/grid/columns";

import classes from "@/features/library/states/ListSkeleton.module.css";

/** The shape of the grid until the first answer is there. */
export function ListSkeleton() {
  const { count, gap } = columnsOf(document.documentElement.clientWidth - 32);
  return (
    <div
      role="status"
      aria-label="Loading videos"
      className={classes["grid"]}
      style={{ gridTemplateColumns: `repeat(${count}, minmax(0, 1fr))`, gap }}
    >
      {Array.from({ length: count * 3 }, (_, place) => (
        <span key={place} className={classes["card"]} />
      ))}
    </div>
  );
}
