import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { addMarker, changeMarker, deleteMarker, MARKERS_KEY, type Marker, type MarkerBody } from "@/api/markers";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import { showFailure } from "@/components/ui/failureNotice";
import { refresh } from "@/lib/live/refresh";
import { formatMoment } from "@/lib/moments";

/** Returns functions that change the markers of a video, and show why they could not; each returns whether it was done. */
export function useMarkerActions(videoId: string) {
  const queryClient = useQueryClient();

  async function attempt(title: string, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (error) {
      showFailure(title, error);
      return false;
    } finally {
      await refresh(queryClient, MARKERS_KEY);
    }
  }

  return {
    add: (body: MarkerBody) =>
      attempt("Could not add the marker", async () => {
        await addMarker(videoId, body);
        const end = body.end_seconds == null ? "" : ` to ${formatMoment(body.end_seconds)}`;
        notifications.show({
          message: `Marked ${formatMoment(body.start_seconds)}${end}.`,
          closeButtonProps: { "aria-label": "Dismiss" },
        });
      }),
    change: (marker: Marker, body: MarkerBody) =>
      attempt("Could not save the marker", () => changeMarker(marker, body)),
    remove: (marker: Marker) =>
      attempt("Could not delete the marker", async () => {
        const undo = await deleteMarker(marker.id);
        showBulkOutcome({ count: 1, undo }, () => "Marker deleted.", "");
      }),
  };
}
