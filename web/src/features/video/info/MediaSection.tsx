import { Code, CopyButton, Button, Stack, Text, Title } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { MediaInfo } from "@/api/types";
import { audioFacts, fileFacts, subtitleFacts, videoFacts } from "@/features/video/info/facts";
import { Facts, type Fact } from "@/features/video/info/Facts";
import { Section } from "@/components/ui/Section";

import classes from "@/features/video/VideoView.module.css";

/** The complete media info of a file. */
export function MediaSection({ info }: { info: MediaInfo }) {
  const json = JSON.stringify(info, null, 2);
  const tags = Object.entries(info.tags).map(([name, value]): Fact => ({ name, value }));
  return (
    <Section title="Media info" aside={<CopyJson json={json} />}>
      <Stack gap="lg">
        <Part title="File" facts={fileFacts(info)} />
        {info.video.map((stream) => (
          <Part
            key={stream.index}
            title={`${stream.attached_picture ? "Cover art" : "Video"}, stream ${stream.index}`}
            facts={videoFacts(stream)}
          />
        ))}
        {info.audio.map((stream) => (
          <Part key={stream.index} title={`Audio, stream ${stream.index}`} facts={audioFacts(stream)} />
        ))}
        {info.audio.length === 0 && <Empty title="Audio">No audio streams</Empty>}
        {info.subtitles.map((stream) => (
          <Part
            key={stream.index}
            title={`Subtitles, stream ${stream.index}`}
            facts={subtitleFacts(stream)}
          />
        ))}
        {info.subtitles.length === 0 && <Empty title="Subtitles">No subtitle streams</Empty>}
        {tags.length > 0 && <Part title="File metadata" facts={tags} />}
        <details className={classes["json"]}>
          <summary>Show JSON</summary>
          {/* It scrolls, so it must be reachable by keyboard. */}
          <Code block tabIndex={0} role="region" aria-label="Media info as JSON" mah={400}>
            {json}
          </Code>
        </details>
      </Stack>
    </Section>
  );
}

function Part({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <div>
      <Title order={3} size="sm" mb="xs">
        {title}
      </Title>
      <Facts facts={facts} />
    </div>
  );
}

function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="sm" mb={2}>
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </div>
  );
}

function CopyJson({ json }: { json: string }) {
  return (
    <CopyButton value={json}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          onClick={copy}
        >
          {copied ? "Copied" : "Copy JSON"}
        </Button>
      )}
    </CopyButton>
  );
}
