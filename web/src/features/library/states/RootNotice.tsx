import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import { useJobEnds } from "@/lib/live/jobEnds";

import classes from "@/features/library/states/TroubleNotice.module.css";

/** The interval of checks for an unavailable root. */
const RECHECK_MILLISECONDS = 5000;

/** Shows which roots are unavailable, until they are back. */
export function RootNotice() {
  const { data: roots, refetch } = useQuery({
    ...rootsQuery,
    refetchInterval: (query) =>
      query.state.data?.items.every((root) => root.available) ? false : RECHECK_MILLISECONDS,
  });
  // A failed scan is how most people notice.
  useJobEnds(() => void refetch());
  const gone = roots?.items.filter((root) => !root.available) ?? [];
  if (gone.length === 0) return null;
  const isOne = gone.length === 1;
  return (
    <div className={classes["notice"]} role="status">
      <IconPlugConnectedX size={16} aria-hidden />
      <span className={classes["text"]}>
        <b>{gone.map((root) => root.path).join(", ")}</b> {isOne ? "is not available. Is the disk" : "are not available. Are the disks"}{" "}
        connected? Nothing is lost: {isOne ? "its" : "their"} videos stay in the library.
      </span>
    </div>
  );
}
