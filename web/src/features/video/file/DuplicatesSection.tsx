import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { VideoDetail } from "@/api/types";
import { Section } from "@/components/ui/Section";
import { formatCounted } from "@/lib/format";

import classes from "@/features/video/VideoView.module.css";

/** Other files with the same content; nothing if there are none. */
export function DuplicatesSection({ video }: { video: VideoDetail }) {
  const { duplicates } = video;
  if (duplicates.length === 0) return null;
  return (
    <Section title="Duplicates">
      <Text size="sm" c="dimmed" mb="xs">
        {formatCounted(duplicates.length, "other file has", "other files have")} the same size and the same first and last
        64 KiB. <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/duplicates" {...props} />}>All duplicates</Anchor>
      </Text>
      <ul className={classes["duplicates"]}>
        {duplicates.map((other) => (
          <li key={other.id}>
            <Anchor component={Link} to={`/videos/${other.id}`} size="sm" className={classes["duplicatePath"]}>
              {other.root}/{other.path}
            </Anchor>
          </li>
        ))}
      </ul>
    </Section>
  );
}
