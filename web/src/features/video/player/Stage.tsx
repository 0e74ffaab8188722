import { lazy, Suspense, type CSSProperties, type RefObject } from "react";

import type { VideoDetail } from "@/api/types";
import type { ClipPoints } from "@/components/ui/clip/clipPoints";
import type { PlaybackSource } from "@/components/ui/player/playbackSource";
import { PlayerBoundary } from "@/components/ui/player/PlayerBoundary";
import { Refusal } from "@/features/video/player/Refusal";
import type { Quality } from "@/components/ui/player/useHls";
import type { NextVideo } from "@/features/video/player/useNextVideo";

import classes from "@/features/video/player/Player.module.css";

const Player = lazy(async () => {
  const module = await import("@/features/video/player/Player");
  return { default: module.Player };
});

interface StageProps {
  video: VideoDetail;
  player: RefObject<HTMLVideoElement | null>;
  playsAtOnce: boolean;
  next: NextVideo | null;
  /** The points to repeat between; null to play once. */
  loopsBetween: ClipPoints | null;
  /** What to play; null if this browser can play nothing of it. */
  source: PlaybackSource | null;
  onQuality: (quality: Quality | null) => void;
  /** Called when this browser turns out not to play the file. */
  onUnplayable: () => void;
  /** Plays it although the browser may not be able to. */
  onInsist: () => void;
}

/** The player, or the reason why there is none. */
export function Stage({ video, player, source, onQuality, onUnplayable, playsAtOnce, next, loopsBetween, onInsist }: StageProps) {
  const { stream_url: streamUrl } = video;
  const ratio = video.width && video.height ? `${video.width} / ${video.height}` : "16 / 9";
  return (
    <section
      aria-label="Video"
      className={classes["stage"]}
      style={{ "--video-ratio": ratio } as CSSProperties}
      data-refused={source === null || undefined}
    >
      {source && streamUrl !== null ? (
        <PlayerBoundary>
          <Suspense>
            <Player
              video={video}
              streamUrl={streamUrl}
              source={source}
              onQuality={onQuality}
              onUnplayable={onUnplayable}
              player={player}
              playsAtOnce={playsAtOnce}
              next={next}
              loopsBetween={loopsBetween}
            />
          </Suspense>
        </PlayerBoundary>
      ) : (
        <Refusal video={video} onInsist={onInsist} />
      )}
    </section>
  );
}
