import { Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { NoClips } from "@/features/render/NoClips";
import { RenderForm } from "@/features/render/RenderForm";
import { RenderJob } from "@/features/render/RenderJob";
import { useRenderDraft } from "@/lib/renderDraft";

import classes from "@/features/render/RenderPage.module.css";

/** Clips, what is to become of them, and the render itself. */
export function RenderPage() {
  const { job } = useSearch({ from: "/render" });
  const navigate = useNavigate();
  const draft = useRenderDraft();
  const follow = (id: string | undefined) =>
    void navigate({ to: "/render", search: id === undefined ? {} : { job: id } });
  return (
    <div className={classes["page"]}>
      <Title order={1} size="h3" mb="md">
        Render
      </Title>
      {job !== undefined ? (
        <RenderJob id={job} onChange={() => follow(undefined)} />
      ) : draft.clips.length === 0 ? (
        <NoClips />
      ) : (
        <RenderForm draft={draft} onStarted={(started) => follow(started.id)} />
      )}
    </div>
  );
}
