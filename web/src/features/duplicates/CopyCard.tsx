import { Anchor, Badge, Radio, Text } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { DuplicateCopy } from "@/api/duplicates";
import { formatDateTime, formatDuration, formatResolution } from "@/lib/format";
import { releaseImage } from "@/lib/releaseMedia";

import classes from "@/features/duplicates/DuplicatesPage.module.css";

interface CopyCardProps {
  copy: DuplicateCopy;
  isSuggested: boolean;
}

/** A copy with its picture, its place and its details, to choose as the one to keep. */
export function CopyCard({ copy, isSuggested }: CopyCardProps) {
  const path = `${copy.root}/${copy.path}`;
  return (
    <div className={classes["copy"]}>
      <div className={classes["picture"]}>
        {copy.thumbnail_url ? (
          <img ref={releaseImage} src={copy.thumbnail_url} alt="" loading="lazy" decoding="async" />
        ) : (
          <IconMovie size={40} stroke={1.25} aria-hidden />
        )}
      </div>
      <Radio
        value={copy.id}
        label={isSuggested ? "Keep (suggested)" : "Keep"}
        aria-label={`Keep ${path}`}
        classNames={{ body: classes["radio"] ?? "" }}
      />
      <Anchor
        size="sm"
        className={classes["path"]}
        renderRoot={(props) => <Link to="/videos/$videoId" params={{ videoId: copy.id }} {...props} />}
      >
        {path}
      </Anchor>
      <dl className={classes["facts"]}>
        <Fact name="Length">
          {[formatDuration(copy.duration_seconds), formatResolution(copy.width, copy.height)].filter(Boolean).join(" · ")}
        </Fact>
        <Fact name="Modified">{formatDateTime(copy.modified_at)}</Fact>
        <Fact name="Added">{formatDateTime(copy.added_at)}</Fact>
        <Fact name="Rating">{copy.rating === null ? "none" : `${copy.rating} of 5`}</Fact>
        <Fact name="Tags">
          {copy.tags.length === 0
            ? "none"
            : copy.tags.map((tag) => (
                <Badge key={tag} variant="light" tt="none" mr={4}>
                  {tag}
                </Badge>
              ))}
        </Fact>
        {copy.notes && (
          <Fact name="Notes">
            <Text size="sm" lineClamp={2}>
              {copy.notes}
            </Text>
          </Fact>
        )}
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
