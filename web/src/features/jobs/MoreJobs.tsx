import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";

interface MoreJobsProps {
  /** Whether there are more than are listed. */
  left: boolean;
  loading: boolean;
  onMore: () => void;
}

/** Gets the next part of the list when its end comes into sight. */
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
