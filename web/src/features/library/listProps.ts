import type { Video } from "@/api/types";
import type { SelectionControl } from "@/features/library/selection/useSelection";
import type { VideoList } from "@/features/library/useVideoList";

/** The properties of the grid and the table. */
export interface ListProps {
  list: VideoList;
  total: number;
  selection: SelectionControl;
  /** Toggles the selection of an item, if it is loaded; `isRange` extends it from the last one. */
  onPick: (index: number, isRange: boolean, video: Video | undefined) => void;
}
