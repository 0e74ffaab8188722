import { List, Stack, Text } from "@mantine/core";

import type { Job } from "@/api/types";
import { PageLink } from "@/components/ui/PageLink";
import { formatDuration, formatSize } from "@/lib/format";
import { renderedFiles, renderNotes } from "@/lib/renderWords";

/** The files of a render, videos with links; nothing if there are none. */
export function RenderedFiles({ job }: { job: Job }) {
  const files = renderedFiles(job);
  const notes = renderNotes(job);
  if (files.length === 0) return null;
  const folder = job.result?.["folder"];
  return (
    <Stack gap={6}>
      <List size="sm" spacing={4} aria-label="Files that were made" listStyleType="none">
        {files.map((file) => (
          <List.Item key={file.path}>
            {file.videoId === null ? (
              <Text span size="sm" style={{ overflowWrap: "anywhere" }}>
                {file.name}
              </Text>
            ) : (
              <PageLink href={`/videos/${file.videoId}`}>Open {file.name}</PageLink>
            )}{" "}
            <Text span size="sm" c="dimmed">
              {[file.durationSeconds === null ? null : formatDuration(file.durationSeconds), formatSize(file.sizeBytes)]
                .filter((part) => part !== null)
                .join(" · ")}
            </Text>
          </List.Item>
        ))}
      </List>
      {typeof folder === "string" && folder !== "" && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          In {folder}
        </Text>
      )}
      {notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
    </Stack>
  );
}
