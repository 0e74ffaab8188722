import { Button } from "@mantine/core";
import { IconFolder } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { LEVEL_WINDOW, levelQuery, type FolderPlace } from "@/api/folderTree";
import type { LibraryFolder } from "@/api/types";
import { PageLink } from "@/components/ui/PageLink";
import { formatCount, formatCounted } from "@/lib/format";
import { releaseImage } from "@/lib/releaseMedia";

import classes from "@/features/library/folders/FolderCards.module.css";

/** The number of cards until people ask for more. */
const FIRST_CARDS = 12;

interface FolderCardsProps {
  place: FolderPlace;
  hrefOf: (root?: string, folder?: string) => string;
}

/** The subfolders of a folder as cards with a picture and a count, the first few at first. */
export function FolderCards({ place, hrefOf }: FolderCardsProps) {
  const [windows, setWindows] = useState(0);
  const pages = useQueries({
    queries: Array.from({ length: Math.max(1, windows) }, (_, index) => levelQuery(place, index)),
  });
  const total = pages[0]?.data?.total ?? 0;
  if (total === 0) return null;
  const loaded = pages.flatMap((page) => page.data?.items ?? []);
  const folders = windows === 0 ? loaded.slice(0, FIRST_CARDS) : loaded;
  const left = total - folders.length;
  return (
    <section aria-label="Subfolders" className={classes["section"]}>
      <ul className={classes["cards"]}>
        {folders.map((folder) => (
          <li key={folder.folder}>
            <FolderCard folder={folder} href={hrefOf(folder.root, folder.folder)} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Button variant="default" size="compact-md" className={classes["more"]} onClick={() => setWindows(windows + 1)}>
          {left <= LEVEL_WINDOW ? `Show ${formatCount(left)} more` : `Show more folders (${formatCount(left)} left)`}
        </Button>
      )}
    </section>
  );
}

function FolderCard({ folder, href }: { folder: LibraryFolder; href: string }) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const url = folder.thumbnail_url;
  return (
    <div className={classes["card"]}>
      <span className={classes["frame"]}>
        {url === null || url === failedUrl ? (
          <IconFolder size="32%" stroke={1.25} aria-hidden />
        ) : (
          <img
            ref={releaseImage}
            src={url}
            alt=""
            loading="lazy"
            decoding="async"
            draggable={false}
            onError={() => setFailedUrl(url)}
          />
        )}
        <span className={classes["badge"]}>
          <IconFolder size={14} aria-hidden />
        </span>
      </span>
      <span className={classes["name"]} title={folder.name}>
        <PageLink href={href}>{folder.name}</PageLink>
      </span>
      <span className={classes["count"]}>{contentOf(folder)}</span>
    </div>
  );
}

function contentOf(folder: LibraryFolder): string {
  if (folder.total_videos > 0) return formatCounted(folder.total_videos, "video");
  return folder.missing > 0 ? `${formatCounted(folder.missing, "file")} missing` : "No readable videos";
}
