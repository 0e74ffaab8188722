import { Anchor } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useCanGoBack, useNavigate, useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";

import { libraryPlace } from "@/lib/libraryPlace";

import classes from "@/features/video/VideoView.module.css";

/** A link to the previous list; a step back if possible, so that it is as it was. */
export function BackLink({ videoId }: { videoId: string }) {
  const router = useRouter();
  const navigate = useNavigate();
  const canGoBack = useCanGoBack();
  const place = libraryPlace();
  const href = place?.href ?? "/";

  function follow(event: MouseEvent) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (canGoBack && place?.indexes[videoId] !== undefined) router.history.back();
    else void navigate({ href });
  }

  return (
    <Anchor href={href} onClick={follow} size="sm">
      <IconArrowLeft size={15} aria-hidden className={classes["linkIcon"]} />{" "}
      {href.startsWith("/collections/") ? "Collection" : "Library"}
    </Anchor>
  );
}
