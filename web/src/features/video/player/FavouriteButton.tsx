import { Button } from "@mantine/core";
import { IconHeart, IconHeartFilled } from "@tabler/icons-react";

import type { VideoDetail } from "@/api/types";
import { useFavourite } from "@/features/video/edit/useFavourite";
import { useShortcuts } from "@/lib/shortcuts";

interface FavouriteButtonProps {
  video: VideoDetail;
  /** Whether the player handles the key, and shows what it did. */
  plays: boolean;
}

/** Makes a video a favourite, or not one any more. */
export function FavouriteButton({ video, plays }: FavouriteButtonProps) {
  const { isFavourite, isWaiting, toggle } = useFavourite(video);
  useShortcuts(plays ? [] : [{ keys: "h", label: "Add to favourites, or remove", run: toggle }]);
  const Icon = isFavourite ? IconHeartFilled : IconHeart;
  return (
    <Button
      size="xs"
      variant={isFavourite ? "light" : "default"}
      aria-pressed={isFavourite}
      title={isWaiting ? "Waiting for the server. Kept in this browser." : "Add to favourites, or remove (H)"}
      leftSection={<Icon size={16} aria-hidden />}
      onClick={toggle}
    >
      Favourite
    </Button>
  );
}
