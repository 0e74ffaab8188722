import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

import classes from "@/features/video/VideoView.module.css";

/** The skeleton of the page. */
export function VideoSkeleton() {
  return (
    <div className={classes["page"]} aria-busy>
      <VisuallyHidden role="status">Loading the video</VisuallyHidden>
      <Skeleton height={28} width={120} mb="sm" />
      <div className={classes["columns"]}>
        <div className={classes["stage"]}>
          <Skeleton className={classes["placeholder"]} />
          <Skeleton height={28} width="60%" mt="md" />
          <Skeleton height={16} width="80%" mt="sm" />
        </div>
        <Stack className={classes["side"]}>
          <Skeleton height={260} />
          <Skeleton height={220} />
        </Stack>
      </div>
    </div>
  );
}
