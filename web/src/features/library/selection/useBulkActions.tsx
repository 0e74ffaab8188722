import { notifications } from "@mantine/notifications";
import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { idParts, NOTHING_DONE, rescanVideos, type BulkEdit, type BulkOutcome } from "@/api/bulk";
import { sentenceOf } from "@/api/problem";
import { makeStoryboards } from "@/api/storyboards";
import type { VideoQuery } from "@/api/types";
import { videoKeys } from "@/api/videos";
import { useOpenRender } from "@/components/ui/clip/useOpenRender";
import { showBulkOutcome } from "@/components/ui/bulkNotices";
import type { Filters } from "@/features/library/librarySearch";
import { idsOf, MOST_AT_ONCE, whichOf } from "@/features/library/selection/selectedVideos";
import type { SelectionControl } from "@/features/library/selection/useSelection";
import { bulkDoneWords, bulkStartedWords } from "@/lib/edits/editWords";
import { newKey } from "@/lib/edits/newKey";
import { submitEdit } from "@/lib/edits/sendEdits";
import { formatCounted } from "@/lib/format";
import { addClips, MOST_CLIPS, newClip, renderDraft } from "@/lib/renderDraft";

const dismissable = { closeButtonProps: { "aria-label": "Dismiss" } };

/** Returns the bulk actions for the selection, which report their results. */
export function useBulkActions(
  { selection, clear }: SelectionControl,
  filters: Filters,
  query: VideoQuery,
  total: number,
) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const openRender = useOpenRender();
  const refresh = (...keys: QueryKey[]) =>
    keys.forEach((queryKey) => void queryClient.invalidateQueries({ queryKey }));

  async function attempt(failure: string, work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      notifications.show({ ...dismissable, color: "red", title: failure, message: sentenceOf(error) });
    }
  }

  const refreshVideos = () => refresh(videoKeys.all, ["tags"], ["facets"]);

  async function edit(change: BulkEdit) {
    const which = whichOf(selection, filters);
    const sent = await submitEdit(queryClient, { id: newKey(), kind: "bulk", which, edit: change, done: NOTHING_DONE });
    // Null while it waits for the server, which the notice of waiting edits shows.
    if (sent === null || "video" in sent) return;
    refreshVideos();
    showBulkOutcome(sent, (count) => bulkDoneWords(change, count), bulkStartedWords(change));
  }

  return {
    which: whichOf(selection, filters),
    tag: (addTags: string[], removeTags: string[]) =>
      attempt("Could not edit tags", () => edit({ addTags, removeTags })),
    rate: (rating: number | null) =>
      attempt("Could not rate videos", () => edit({ rating })),
    favour: (favourite: boolean) =>
      attempt("Could not change favourites", () => edit({ favourite })),
    makeStoryboards: () =>
      attempt("Could not create preview thumbnails", async () => {
        const ids = await idsOf(queryClient, selection, query, total, MOST_AT_ONCE);
        for (const part of idParts(ids)) await makeStoryboards(part);
        const which = ids.length < total ? ` for the first ${formatCounted(ids.length, "video")}` : "";
        notifications.show({
          ...dismissable,
          message: `Creating preview thumbnails${which}. See Jobs for progress.`,
        });
        clear();
      }),
    render: (how: "add" | "replace") =>
      attempt("Could not add clips", async () => {
        const ids = await idsOf(queryClient, selection, query, total, MOST_CLIPS);
        const clips = ids.slice(0, MOST_CLIPS).map((id) => newClip(id));
        clear();
        if (how === "replace") {
          openRender({ ...renderDraft(), clips });
        } else {
          addClips(clips);
          openRender();
        }
      }),
    renderEach: () => {
      const which = whichOf(selection, filters);
      const count = "query" in which ? total : which.video_ids.length;
      void navigate({ to: "/render", search: {}, state: { batch: { which, count } } });
    },
    rescan: () =>
      attempt("Could not rescan files", async () => {
        await rescanVideos(whichOf(selection, filters));
        notifications.show({ ...dismissable, message: "Rescanning files. See Jobs for progress." });
        clear();
      }),
    forgotten: (outcome: BulkOutcome) => {
      refreshVideos();
      showBulkOutcome(
        outcome,
        (count) => `${formatCounted(count, "video")} removed from the library. The files were not touched.`,
        "Removing videos from the library.",
      );
      clear();
    },
  };
}
