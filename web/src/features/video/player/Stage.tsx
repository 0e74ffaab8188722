import { lazy, Suspense, type CSSProperties, type RefObject } from "react";

import type { VideoDetail } from "@/api/types";
import { Refusal } from "@/features/video/player/Refusal";

import classes from "@/features/video/player/Player.module.css";

const Player = lazy(async () => {
  const module = await import("@/features/video/player/Player");
  return { default: module.Player };
});

interface StageProps {
  video: VideoDetail;
  player: RefObject<HTMLVideoElement | null>;
  /** Whether to play it. */
  plays: boolean;
  /** Plays it although the browser may not be able to. */
  onInsist: () => void;
}

/** The player, or the reason why there is none. */
export function Stage({ video, player, plays, onInsist }: StageProps) {
  const { stream_url: streamUrl } = video;
  const ratio = video.width && video.height ? `${video.width} / ${video.height}` : "16 / 9";
  return (
    <section
      aria-label="Video"
      className={classes["stage"]}
      style={{ "--video-ratio": ratio } as CSSProperties}
      data-refused={!plays || undefined}
    >
      {plays && streamUrl !== null ? (
        <Suspense>
          <Player video={video} streamUrl={streamUrl} player={player} />
        </Suspense>
      ) : (
        <Refusal video={video} onInsist={onInsist} />
      )}
    </section>
  );
}
