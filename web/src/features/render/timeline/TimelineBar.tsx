import { Button, FileButton, Group } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useRef, useState } from "react";

import { ReplaceDialog } from "@/features/render/timeline/ReplaceDialog";
import { SaveTimelineButton } from "@/features/render/timeline/SaveTimelineButton";
import { TimelineNotice } from "@/features/render/timeline/TimelineNotice";
import type { TimelineNews } from "@/features/render/timeline/timelineNews";
import { useOpenTimeline } from "@/features/render/timeline/useOpenTimeline";
import type { RenderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/RenderPage.module.css";

/** Imports and exports timelines, and shows what is lost. */
export function TimelineBar({ draft }: { draft: RenderDraft }) {
  const [news, setNews] = useState<TimelineNews | null>(null);
  const reset = useRef<() => void>(null);
  const { open, isOpening, waiting, replace, keep } = useOpenTimeline(draft, setNews);
  return (
    <div className={classes["timelineBar"]}>
      <Group gap="xs" className={classes["timelineButtons"] ?? ""}>
        <FileButton
          resetRef={reset}
          accept=".otio,application/json"
          inputProps={{ "aria-label": "Timeline file" }}
          onChange={(file) => {
            // So that the same file can be chosen again.
            reset.current?.();
            if (file) open(file);
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              size="compact-sm"
              loading={isOpening}
              leftSection={<IconFileImport size={16} aria-hidden />}
            >
              Open timeline…
            </Button>
          )}
        </FileButton>
        {draft.clips.length > 0 && <SaveTimelineButton draft={draft} onNews={setNews} />}
      </Group>
      <div aria-live="polite" className={classes["timelineNews"]}>
        {news && <TimelineNotice news={news} onClose={() => setNews(null)} />}
      </div>
      <ReplaceDialog waiting={waiting} count={draft.clips.length} onReplace={replace} onKeep={keep} />
    </div>
  );
}
