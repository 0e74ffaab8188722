import { useQueryClient } from "@tanstack/react-query";

import type { Collection } from "@/api/collections";
import { exportTimeline } from "@/api/timelines";
import { videosQuery } from "@/api/videos";
import { useOpenRender } from "@/components/ui/clip/useOpenRender";
import { showFailure } from "@/components/ui/failureNotice";
import { download } from "@/lib/download";
import { addClips, MOST_CLIPS, newClip, renderDraft, USUAL_PRESET } from "@/lib/renderDraft";

/** Returns functions that put the videos of a collection into a render or a timeline, in their order. */
export function useRenderCollection({ id }: Collection) {
  const queryClient = useQueryClient();
  const openRender = useOpenRender();

  async function attempt(title: string, work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      showFailure(title, error);
    }
  }

  /** Returns the ids of the readable videos, as many as a render can have. */
  async function readableIds(): Promise<string[]> {
    const query = { collection: id, sort: "position", order: "asc", limit: MOST_CLIPS } as const;
    const page = await queryClient.query({ ...videosQuery(query), staleTime: 0 });
    return page.items.map((video) => video.id);
  }

  return {
    render: (how: "add" | "replace") =>
      attempt("Could not add clips", async () => {
        const clips = (await readableIds()).map((videoId) => newClip(videoId));
        if (how === "replace") openRender({ ...renderDraft(), clips });
        else {
          addClips(clips);
          openRender();
        }
      }),
    exportTimeline: () =>
      attempt("Could not export the timeline", async () => {
        const clips = (await readableIds()).map((videoId) => ({ video_id: videoId }));
        const written = await exportTimeline({ preset: USUAL_PRESET, clips, options: {} });
        download(written.file_name, written.text);
      }),
  };
}
