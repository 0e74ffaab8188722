import { Button } from "@mantine/core";
import { IconMovie } from "@tabler/icons-react";

import { useOpenRender } from "@/components/ui/clip/useOpenRender";
import { emptyDraft, newClip } from "@/lib/renderDraft";

/** Opens a render of a version that every browser plays. */
export function RenderVersionButton({ videoId }: { videoId: string }) {
  const open = useOpenRender();
  return (
    <Button
      leftSection={<IconMovie size={16} aria-hidden />}
      onClick={() => open({ ...emptyDraft(), clips: [newClip(videoId)] })}
    >
      Convert for playback
    </Button>
  );
}
