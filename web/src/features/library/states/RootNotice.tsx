import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import { useJobEnds } from "@/lib/live/jobEnds";

import classes from "@/features/library/states/TroubleNotice.module.css";

/** How often a root that is not there is looked for again. */
const RECHECK_MILLISECONDS = 5000;

/** Says which roots are not there, until they are back. */
export function RootNotice() {
  const { data: roots, refetch } = useQuery({
    ...rootsQuery,
    refetchInterval: (query) =>
      query.state.data?.items.every((root) => root.available) ? false : RECHECK_MILLISECONDS,
  });
  // A scan that failed is how most people come to know.
  useJobEnds(() => void refetch());
  const gone = roots?.items.filter((root) => !root.available) ?? [];
  if (gone.length === 0) return null;
  const isOne = gone.length === 1;
  return (
    <div className={classes["notice"]} role="status">
      <IconPlugConnectedX size={16} aria-hidden />
      <span className={classes["text"]}>
        <b>{gone.map((root) => root.path).join(", ")}</b> {isOne ? "is not there: is the disk" : "are not there: are the disks"}{" "}
        plugged in? Nothing is lost: what is known of {isOne ? "its" : "their"} videos is kept.
      </span>
    </div>
  );
}
