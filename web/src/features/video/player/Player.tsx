import "@/features/video/player/mediaChrome";

import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

import type { VideoDetail } from "@/api/types";
import { framesPerSecond } from "@/features/video/info/words";
import { keepPosition, positionOf } from "@/features/video/player/playbackPosition";
import { seekTo } from "@/features/video/player/playback";
import { PlayerNotice } from "@/features/video/player/PlayerNotice";
import { usePlayerShortcuts } from "@/features/video/player/playerShortcuts";
import { ResumeOffer } from "@/features/video/player/ResumeOffer";
import { usePositionKeeper } from "@/features/video/player/usePositionKeeper";
import { whyNotPlaying } from "@/features/video/player/whyNotPlaying";
import { useVideoRelease } from "@/lib/releaseMedia";

import classes from "@/features/video/player/Player.module.css";

interface PlayerProps {
  video: VideoDetail;
  streamUrl: string;
  player: RefObject<HTMLVideoElement | null>;
}

/** Plays the original file. */
export function Player({ video, streamUrl, player }: PlayerProps) {
  const stage = useRef<HTMLElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [resumeSeconds, setResumeSeconds] = useState<number | null>(null);
  usePlayerShortcuts(player, stage, framesPerSecond(video.frame_rate));
  usePositionKeeper(video.id, player);
  useVideoRelease(player);

  const explain = useCallback(
    async (error: MediaError | null) => setProblem(await whyNotPlaying(streamUrl, error)),
    [streamUrl],
  );
  const offer = useCallback(
    (element: HTMLVideoElement) => {
      // Who plays it before its length is known has chosen where.
      if (element.paused) setResumeSeconds(positionOf(video.id, element.duration));
    },
    [video.id],
  );
  useEffect(() => {
    // Loading starts before mounting; earlier events were missed.
    const element = player.current;
    if (element?.error) void explain(element.error);
    else if (element?.duration) offer(element);
  }, [player, explain, offer]);

  function tryAgain() {
    setProblem(null);
    const at = player.current?.currentTime ?? 0;
    player.current?.load();
    if (player.current) seekTo(player.current, at);
  }

  return (
    <media-controller
      ref={stage}
      nohotkeys=""
      className={classes["player"]}
      aria-label="Player"
    >
      {/* Subtitles are inside the file; there are no separate ones. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <video
        slot="media"
        ref={player}
        src={streamUrl}
        poster={posterOf(video)}
        preload="metadata"
        playsInline
        onError={(event) => void explain(event.currentTarget.error)}
        onLoadedMetadata={(event) => offer(event.currentTarget)}
        onPlaying={() => setProblem(null)}
        onEnded={(event) => keepPosition(video.id, 0, event.currentTarget.duration)}
      >
        {video.storyboard_url && (
          <track kind="metadata" label="thumbnails" src={video.storyboard_url} default />
        )}
      </video>
      <media-loading-indicator slot="centered-chrome" noautohide="" />
      {problem && <PlayerNotice slot="top-chrome" problem={problem} onRetry={tryAgain} />}
      {resumeSeconds !== null && !problem && (
        <ResumeOffer slot="top-chrome" seconds={resumeSeconds} player={player} onDone={() => setResumeSeconds(null)} />
      )}
      <div className={classes["controls"]}>
      <media-control-bar className={classes["bar"]}>
        <media-time-range>
          <media-preview-thumbnail slot="preview" />
          <media-preview-time-display slot="preview" />
        </media-time-range>
      </media-control-bar>
      <media-control-bar className={classes["bar"]}>
        <media-play-button />
        <media-seek-backward-button seekoffset="10" className={classes["wide"]} />
        <media-seek-forward-button seekoffset="10" className={classes["wide"]} />
        <media-mute-button />
        <media-volume-range className={classes["wide"]} />
        <media-time-display showduration="" />
        <span className={classes["gap"]} />
        <media-playback-rate-button rates="0.5 1 1.25 1.5 2" />
        <media-pip-button className={classes["wide"]} />
        <media-fullscreen-button />
      </media-control-bar>
      </div>
    </media-controller>
  );
}

/** Returns the address of the larger thumbnail. */
export function posterOf(video: VideoDetail): string | undefined {
  return video.thumbnail_url === null ? undefined : `${video.thumbnail_url}&width=640`;
}
