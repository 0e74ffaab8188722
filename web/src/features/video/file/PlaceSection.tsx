import { Alert, Button, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { rootsQuery } from "@/api/folders";
import type { Root, VideoDetail } from "@/api/types";
import { PageLink } from "@/components/ui/PageLink";
import { DownloadButton } from "@/features/video/file/DownloadButton";
import { ForgetButton } from "@/features/video/file/ForgetButton";
import { ReadAgain } from "@/features/video/file/ReadAgain";
import { StoryboardButton } from "@/features/video/file/StoryboardButton";
import { folderHref } from "@/features/video/file/folderHref";
import { Facts } from "@/features/video/info/Facts";
import { Section } from "@/components/ui/Section";
import { formatAgo, formatDateTime } from "@/lib/format";

import classes from "@/features/video/VideoView.module.css";

const REPLACEMENT_MARK = "\uFFFD";

/** The location of the file, its state, and its actions. */
export function PlaceSection({ video }: { video: VideoDetail }) {
  const { data: roots } = useQuery(rootsQuery);
  // Rendered files may lie in a root of their own, which is not scanned.
  const root = roots && [...roots.items, roots.output].find((one) => one.name === video.root);
  const path = absolutePath(root, video);
  return (
    <Section title="File location">
      <Stack gap="sm">
        {video.status !== "ok" && <StatusNotice video={video} />}
        {video.read_error !== null && video.read_error !== video.reason && <ReadErrorNotice video={video} />}
        {(video.status !== "ok" || video.read_error !== null) && <ReadAgain video={video} />}
        <div>
          <code className={classes["filePath"]}>{path ?? `${video.root}: ${video.path}`}</code>
          <Group gap="xs" mt={6}>
            {path !== null && <CopyPath path={path} />}
            <PageLink href={folderHref(video.root, video.folder)}>
              <IconFolder size={15} aria-hidden className={classes["linkIcon"]} /> More from this folder
            </PageLink>
          </Group>
        </div>
        <Facts
          facts={[
            { name: "Library folder", value: video.root },
            { name: "Modified", value: changedWords(video) },
            { name: "Recorded", value: formatDateTime(video.taken_at) },
            { name: "Added", value: formatDateTime(video.added_at) },
          ]}
        />
        <Group gap="xs">
          <DownloadButton video={video} />
          <ForgetButton video={video} />
        </Group>
        {video.status === "ok" && <StoryboardButton video={video} />}
      </Stack>
    </Section>
  );
}

/** Returns the absolute path for other programs; null if it cannot be represented as text. */
function absolutePath(root: Pick<Root, "path"> | undefined, video: VideoDetail): string | null {
  if (!root || root.path.startsWith("file://") || video.path.includes(REPLACEMENT_MARK)) return null;
  return `${root.path.replace(/\/$/, "")}/${video.path}`;
}

function StatusNotice({ video }: { video: VideoDetail }) {
  if (video.status === "missing") {
    return (
      <Alert color="orange" title={`Missing since ${formatDateTime(video.missing_since)}`}>
        A scan did not find the file ({formatAgo(video.missing_since)}). Connect its disk or put the file back,
        then scan again. Its tags, rating and notes are kept.
      </Alert>
    );
  }
  const title = video.status === "bad" ? "The file could not be read" : "The file was skipped";
  return (
    <Alert color={video.status === "bad" ? "red" : "gray"} title={title}>
      {video.reason ?? "Unknown reason."}
      <Text size="sm" mt={4}>
        {video.read_error === null ? "It will be retried when the file changes." : "Every scan retries it."}
      </Text>
    </Alert>
  );
}

/** Shown if the last read failed, so the details are from an earlier one. */
function ReadErrorNotice({ video }: { video: VideoDetail }) {
  return (
    <Alert color="orange" title={`Last read failed ${formatAgo(video.read_failed_at)}`}>
      {video.read_error}
      <Text size="sm" mt={4}>
        The details shown are from an earlier read. Every scan retries it.
      </Text>
    </Alert>
  );
}

function changedWords(video: VideoDetail): string {
  const words = formatDateTime(video.modified_at);
  if (!video.modified_at_clamped) return words;
  return `${video.modified_at < "2000" ? "before" : "after"} ${words}`;
}

function CopyPath({ path }: { path: string }) {
  return (
    <CopyButton value={path}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        >
          {copied ? "Copied" : "Copy path"}
        </Button>
      )}
    </CopyButton>
  );
}
