import { Group, Stack, Title } from "@mantine/core";
import { useNavigate, useRouterState, useSearch } from "@tanstack/react-router";

import type { Job } from "@/api/types";
import { useOpenRender } from "@/components/ui/clip/useOpenRender";
import { BatchForm } from "@/features/render/batch/BatchForm";
import { NoClips } from "@/features/render/NoClips";
import { RenderForm } from "@/features/render/RenderForm";
import { RenderQueue } from "@/features/render/queue/RenderQueue";
import { RenderJob } from "@/features/render/RenderJob";
import { TimelineBar } from "@/features/render/timeline/TimelineBar";
import { draftOf, isSameRender, useRenderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/RenderPage.module.css";

/** The render page: the form, that of many videos, or a submitted render. */
export function RenderPage() {
  const { job } = useSearch({ from: "/render" });
  const batch = useRouterState({ select: ({ location }) => location.state.batch });
  const navigate = useNavigate();
  const draft = useRenderDraft();
  const openRender = useOpenRender();
  const follow = (id: string | undefined) =>
    void navigate({ to: "/render", search: id === undefined ? {} : { job: id } });
  const again = (params: Job["params"]) => {
    const asked = draftOf(params);
    openRender(isSameRender(draft, asked) ? undefined : asked);
  };
  return (
    <div className={classes["page"]}>
      <Group mb="md" gap="xs">
        <Title order={1} size="h3">
          {batch ? "Render each video" : "Render"}
        </Title>
        {job === undefined && !batch && <TimelineBar draft={draft} />}
      </Group>
      <Stack gap="md">
        {job === undefined && !batch && <RenderQueue />}
      {job !== undefined ? (
        <RenderJob id={job} onChange={() => follow(undefined)} onAgain={again} />
      ) : batch ? (
        <BatchForm batch={batch} onStarted={() => void navigate({ to: "/jobs" })} />
      ) : draft.clips.length === 0 ? (
        <NoClips />
      ) : (
        <RenderForm draft={draft} onStarted={(started) => follow(started.id)} />
      )}
        {job !== undefined && <RenderQueue without={job} />}
      </Stack>
    </div>
  );
}
