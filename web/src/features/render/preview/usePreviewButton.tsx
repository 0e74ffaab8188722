import { Button } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";

import { PlayerBoundary } from "@/components/ui/player/PlayerBoundary";
import { missingFrom, segmentsOf } from "@/features/render/preview/segments";
import type { ClipVideo } from "@/features/render/useClipVideos";
import type { RenderDraft } from "@/lib/renderDraft";

const PreviewPlayer = lazy(async () => {
  const module = await import("@/features/render/preview/PreviewPlayer");
  return { default: module.PreviewPlayer };
});

/** Returns a button that shows a preview of the joined clips, and the preview while it is shown. */
export function usePreviewButton(
  draft: RenderDraft,
  videos: ReadonlyMap<string, ClipVideo>,
): { button: ReactNode; player: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  const segments = useMemo(() => segmentsOf(draft.clips, videos), [draft.clips, videos]);
  const isShown = isOpen && segments.length > 0;
  return {
    button: (
      <Button
        size="compact-sm"
        variant="light"
        disabled={segments.length === 0}
        leftSection={isShown ? <IconPlayerStop size={15} aria-hidden /> : <IconPlayerPlay size={15} aria-hidden />}
        onClick={() => setOpen(!isShown)}
      >
        {isShown ? "Close preview" : "Preview"}
      </Button>
    ),
    player: isShown && (
      <PlayerBoundary>
        <Suspense>
          <PreviewPlayer segments={segments} missing={missingFrom(draft)} />
        </Suspense>
      </PlayerBoundary>
    ),
  };
}
