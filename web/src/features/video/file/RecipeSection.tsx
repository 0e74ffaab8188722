import { Stack, Text } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { jobQuery } from "@/api/jobs";
import { presetsQuery } from "@/api/renders";
import type { VideoDetail } from "@/api/types";
import { videoQuery } from "@/api/videos";
import { PageLink } from "@/components/ui/PageLink";
import { Section } from "@/components/ui/Section";
import { sourcesOf } from "@/features/video/file/recipe";
import { Facts } from "@/features/video/info/Facts";
import { formatCounted, formatDateTime } from "@/lib/format";

import classes from "@/features/video/VideoView.module.css";

/** The sources that are shown by name. */
const SHOWN = 10;

/** How a video was rendered: from which videos, by which preset and job; nothing for other videos. */
export function RecipeSection({ video }: { video: VideoDetail }) {
  return video.recipe && <RecipeDetails recipe={video.recipe} />;
}

function RecipeDetails({ recipe }: { recipe: NonNullable<VideoDetail["recipe"]> }) {
  const { data: presets } = useQuery(presetsQuery);
  // Records of jobs are deleted after a while.
  const { data: job } = useQuery({ ...jobQuery(recipe.job_id), retry: false });
  const { preset, videoIds, clips } = sourcesOf(recipe.request);
  return (
    <Section title="Rendered here">
      <Stack gap="sm">
        <Facts
          facts={[
            { name: "Preset", value: presets?.items.find((one) => one.name === preset)?.title ?? preset },
            { name: "Clips", value: formatCounted(clips, "clip") },
            { name: "Rendered", value: formatDateTime(recipe.made_at) },
          ]}
        />
        <Sources videoIds={videoIds} />
        {job && (
          <PageLink href={job.kind === "render" ? `/render?job=${job.id}` : `/jobs#job-${job.id}`}>Show render</PageLink>
        )}
      </Stack>
    </Section>
  );
}

/** Links to the videos that a render used, as far as they are still in the library. */
function Sources({ videoIds }: { videoIds: readonly string[] }) {
  const sources = useQueries({
    queries: videoIds.slice(0, SHOWN).map((id) => ({ ...videoQuery(id), retry: false })),
    combine: (results) => results.flatMap(({ data }) => (data ? [data.video] : [])),
  });
  if (sources.length === 0) return null;
  const more = videoIds.length - SHOWN;
  return (
    <div>
      <Text size="sm" fw={500}>
        From
      </Text>
      <ul className={classes["jobs"]}>
        {sources.map((source) => (
          <li key={source.id}>
            <Link to="/videos/$videoId" params={{ videoId: source.id }}>
              {source.title ?? source.name}
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Text size="sm" c="dimmed">
          And {formatCounted(more, "more video")}
        </Text>
      )}
    </div>
  );
}
