import { Alert, Button, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPlayerStop } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";

import { sentenceOf } from "@/api/problem";
import type { Job } from "@/api/types";
import { RenderedFiles } from "@/components/ui/RenderedFiles";
import { formatTimeLeft } from "@/lib/format";
import { runSeconds } from "@/lib/jobWords";
import { useRetryJob } from "@/lib/live/useJobActions";
import { renderedFiles } from "@/lib/renderWords";

interface RenderEndProps {
  job: Job;
  /** Opens the form with the clips that were gathered since. */
  onNew: () => void;
  /** Opens the form with the parameters of the job. */
  onAgain: () => void;
}

/** The outcome of a render: its files and the next actions. */
export function RenderEnd({ job, onNew, onAgain }: RenderEndProps) {
  const navigate = useNavigate();
  const retry = useRetryJob();
  const { title, words, color, Icon } = outcomeOf(job);
  const done = job.status === "succeeded";
  const made = renderedFiles(job).find((file) => file.videoId !== null)?.videoId;
  return (
    <Stack gap="md">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="light" color={color} size="lg" radius="xl" aria-hidden>
          <Icon size={20} />
        </ThemeIcon>
        <Stack gap={2}>
          <Text fw={600} lh={1.5}>
            {title}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {words}
          </Text>
        </Stack>
      </Group>
      <RenderedFiles job={job} />
      {retry.isError && (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(retry.error)}
        </Alert>
      )}
      <Group gap="xs" justify="flex-end">
        {done ? (
          <>
            <Button variant="default" onClick={onAgain}>
              Edit and render again
            </Button>
            <Button variant="default" onClick={onNew}>
              New render
            </Button>
            {made && (
              <Button component={Link} to={`/videos/${made}`}>
                Open video
              </Button>
            )}
          </>
        ) : (
          <>
            <Button
              variant="default"
              loading={retry.isPending}
              onClick={() =>
                retry.mutate(job.id, {
                  onSuccess: (next) => void navigate({ to: "/render", search: { job: next.id } }),
                })
              }
            >
              Try again
            </Button>
            <Button onClick={onAgain}>Edit and try again</Button>
          </>
        )}
      </Group>
    </Stack>
  );
}

function outcomeOf(job: Job) {
  const seconds = runSeconds(job);
  switch (job.status) {
    case "succeeded": {
      const speed = job.result?.["speed"];
      const times = typeof speed === "number" ? ` Encoded at ${speed.toFixed(1)}× speed.` : "";
      const title = seconds === null ? "Done" : `Done in ${formatTimeLeft(seconds)}`;
      return { title, words: `Added to the library.${times}`, color: "teal", Icon: IconCheck };
    }
    case "cancelled":
      return { title: "Cancelled", words: "No file was kept.", color: "gray", Icon: IconPlayerStop };
    case "timed_out":
      return { title: "The render timed out", words: job.error ?? "", color: "orange", Icon: IconAlertTriangle };
    default:
      return { title: "The render failed", words: job.error ?? "Unknown reason.", color: "red", Icon: IconAlertTriangle };
  }
}
