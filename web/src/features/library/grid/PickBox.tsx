import type { Video } from "@/api/types";
import { nameOf } from "@/features/library/videoWords";

import classes from "@/features/library/LibraryPage.module.css";

/** The checkbox that selects a video; the list handles the click. */
export function PickBox({ video, isSelected }: { video: Video; isSelected: boolean }) {
  return (
    <label className={classes["pickBox"]} data-pick>
      <input
        type="checkbox"
        checked={isSelected}
        readOnly
        tabIndex={-1}
        aria-label={`Select ${nameOf(video)}`}
      />
    </label>
  );
}
