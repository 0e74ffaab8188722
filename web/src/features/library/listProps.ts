import type { SelectionControl } from "@/features/library/selection/useSelection";
import type { VideoList } from "@/features/library/useVideoList";

/** What the grid and the table are given. */
export interface ListProps {
  list: VideoList;
  total: number;
  selection: SelectionControl;
  /** Select the video at a place or not; `isRange`: all from the last one on. */
  onPick: (index: number, isRange: boolean) => void;
}
