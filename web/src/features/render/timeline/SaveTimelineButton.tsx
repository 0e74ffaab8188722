import { Button } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";

import { sentenceOf } from "@/api/problem";
import { presetsQuery, type Preset } from "@/api/renders";
import { exportTimeline } from "@/api/timelines";
import { requestOf } from "@/features/render/renderRequest";
import type { TimelineNews } from "@/features/render/timeline/timelineNews";
import { download } from "@/lib/download";
import type { RenderDraft } from "@/lib/renderDraft";

interface SaveTimelineButtonProps {
  draft: RenderDraft;
  onNews: (news: TimelineNews | null) => void;
}

/** Exports the clips as a timeline for editors. */
export function SaveTimelineButton({ draft, onNews }: SaveTimelineButtonProps) {
  const { data } = useQuery(presetsQuery);
  const preset = data?.items.find((one) => one.name === draft.preset) ?? data?.items[0];
  const saving = useMutation({
    mutationFn: (chosen: Preset) => exportTimeline(requestOf(draft, chosen)),
    onMutate: () => onNews(null),
    onError: (error) => onNews({ kind: "unsaved", file: "", notes: [sentenceOf(error)] }),
    onSuccess: (written) => {
      download(written.file_name, written.text);
      onNews({ kind: "saved", file: written.file_name, notes: written.notes });
    },
  });
  return (
    <Button
      variant="default"
      size="compact-sm"
      disabled={!preset}
      loading={saving.isPending}
      leftSection={<IconFileExport size={16} aria-hidden />}
      onClick={() => preset && saving.mutate(preset)}
    >
      Export timeline
    </Button>
  );
}
