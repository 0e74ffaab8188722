import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

import type { VideoDetail } from "@/api/types";
import { formatSize } from "@/lib/format";

/** Downloads the original file under its own name. */
export function DownloadButton({ video }: { video: VideoDetail }) {
  if (video.stream_url === null) return null;
  return (
    <Button
      component="a"
      href={video.stream_url}
      download={video.name}
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      Download ({formatSize(video.size_bytes)})
    </Button>
  );
}
