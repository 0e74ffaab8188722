import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";

interface MoreJobsProps {
  /** Whether there are more jobs. */
  left: boolean;
  loading: boolean;
  onMore: () => void;
}

/** Loads the next page when the end of the list becomes visible. */
export function MoreJobs({ left, loading, onMore }: MoreJobsProps) {
  const { ref, entry } = useIntersection({ rootMargin: "600px" });
  const seen = entry?.isIntersecting ?? false;
  const more = useEffectEvent(onMore);
  useEffect(() => {
    if (seen && left && !loading) more();
  }, [seen, left, loading]);
  if (!left) return null;
  return (
    <Center ref={ref}>
      <Button variant="default" loading={loading} onClick={onMore}>
        Show more
      </Button>
    </Center>
  );
}
