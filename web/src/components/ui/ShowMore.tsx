import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";

interface ShowMoreProps {
  /** Whether there is more. */
  left: boolean;
  loading: boolean;
  onMore: () => void;
}

/** Loads the next page when the end of the list becomes visible. */
export function ShowMore({ left, loading, onMore }: ShowMoreProps) {
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
