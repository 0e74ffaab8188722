import "@/features/video/player/mediaChrome";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

import { playbackQuery } from "@/api/playback";
import type { Chapter, VideoDetail } from "@/api/types";
import { NO_POINTS, type ClipPoints } from "@/components/ui/clip/clipPoints";
import { MarkerTicks } from "@/features/video/markers/MarkerTicks";
import { useFavourite } from "@/features/video/edit/useFavourite";
import { useChapters } from "@/features/video/player/chapters";
import { KeyFeedback, useKeyEffect } from "@/features/video/player/KeyFeedback";
import { play, seekTo } from "@/components/ui/player/playback";
import { playlistUrl, type PlaybackSource } from "@/components/ui/player/playbackSource";
import { usePlayerSettings } from "@/components/ui/player/playerSettings";
import { PlayerNotice } from "@/features/video/player/PlayerNotice";
import { usePlayerShortcuts } from "@/features/video/player/playerShortcuts";
import { ResumeOffer } from "@/features/video/player/ResumeOffer";
import { SubtitleTrack } from "@/features/video/player/SubtitleTrack";
import { trackName } from "@/features/video/player/trackName";
import { UpNext } from "@/features/video/player/UpNext";
import { useHls, type Quality } from "@/components/ui/player/useHls";
import { useLoop } from "@/features/video/player/useLoop";
import { useNextVideo, type NextVideo } from "@/features/video/player/useNextVideo";
import { useReturn } from "@/features/video/player/useReturn";
import { useStart } from "@/features/video/player/useStart";
import { useTaps } from "@/features/video/player/useTaps";
import { useWatchReports } from "@/features/video/player/useWatchReports";
import { NOT_DECODED, whyNotPlaying } from "@/components/ui/player/whyNotPlaying";
import { formatDuration } from "@/lib/format";
import { keptPosition } from "@/lib/keptPositions";
import { useVideoRelease } from "@/lib/releaseMedia";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/features/video/player/Player.module.css";

const NO_CHAPTERS: readonly Chapter[] = [];

interface PlayerProps {
  video: VideoDetail;
  streamUrl: string;
  source: PlaybackSource;
  /** Takes the qualities to choose from; null if there is one. */
  onQuality: (quality: Quality | null) => void;
  /** Called when this browser turns out not to play the file. */
  onUnplayable: () => void;
  player: RefObject<HTMLVideoElement | null>;
  /** Whether it starts by itself. */
  playsAtOnce: boolean;
  /** What to play at the end; null to stop there. */
  next: NextVideo | null;
  /** The points to repeat between; null to play once. */
  loopsBetween: ClipPoints | null;
}

/** Plays the original file, or what the server converts it to. */
export function Player({
  video,
  streamUrl,
  source,
  onQuality,
  onUnplayable,
  player,
  playsAtOnce,
  next,
  loopsBetween,
}: PlayerProps) {
  const stage = useRef<HTMLElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [resumeSeconds, setResumeSeconds] = useState<number | null>(null);
  const [effect, showEffect] = useKeyEffect();
  usePlayerShortcuts({ player, stage, frameRate: video.frame_rate, show: showEffect });
  const favourite = useFavourite(video);
  useShortcuts([
    {
      keys: "h",
      label: "Add to favourites, or remove",
      run: () => showEffect("favourite", favourite.toggle() ? "Added to favourites" : "Removed from favourites"),
    },
  ]);
  useTaps(stage, player, showEffect);
  usePlayerSettings(player);
  const start = useStart(showEffect);
  useChapters(player, video.media_info?.chapters ?? NO_CHAPTERS, showEffect);
  useLoop(player, loopsBetween !== null, loopsBetween ?? NO_POINTS);
  const following = useNextVideo(player, next);
  useWatchReports(video.id, player);
  const [lastSeconds] = useState(() => video.position_seconds || keptPosition(video.id));
  useVideoRelease(player);

  const isConverted = source.way === "converted";
  const playlist = isConverted ? playlistUrl(video.id, source) : null;

  const explain = useCallback(
    async (error: MediaError | null) => {
      const reason = await whyNotPlaying(streamUrl, error);
      if (reason === NOT_DECODED && !isConverted) onUnplayable();
      setProblem(reason);
    },
    [streamUrl, isConverted, onUnplayable],
  );
  const explainConversion = useCallback((address: string | null) => {
    if (address === null) setProblem(NOT_DECODED);
    else void whyNotPlaying(address, null).then(setProblem);
  }, []);
  const quality = useHls(player, playlist, explainConversion);
  useEffect(() => onQuality(quality), [onQuality, quality]);
  const { data: playback } = useQuery(playbackQuery(video.id));
  const returnTo = useReturn(player, `${source.way} ${String(source.audio)} ${String(source.burned)}`);
  const offer = useCallback(
    (element: HTMLVideoElement) => {
      if (returnTo(element)) return;
      // Who plays it before its length is known has chosen where.
      if (start(element) || !element.paused) return;
      if (!playsAtOnce) setResumeSeconds(lastSeconds);
      else if (element.played.length === 0) {
        if (lastSeconds) seekTo(element, lastSeconds);
        play(element);
        showEffect("play", lastSeconds ? `Resumed at ${formatDuration(lastSeconds)}` : "Play");
      }
    },
    [lastSeconds, start, playsAtOnce, showEffect, returnTo],
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
      novolumepref=""
      nomutedpref=""
      className={classes["player"]}
      aria-label="Player"
    >
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- if the file has text, it is a track */}
      <video
        slot="media"
        ref={player}
        src={isConverted ? undefined : streamUrl}
        poster={posterOf(video)}
        preload="metadata"
        playsInline
        onError={(event) => void explain(event.currentTarget.error)}
        onLoadedMetadata={(event) => offer(event.currentTarget)}
        onPlaying={() => setProblem(null)}
      >
        {video.storyboard_url && (
          <track kind="metadata" label="thumbnails" src={video.storyboard_url} default />
        )}
        {playback?.subtitles.map(
          (track, place) =>
            track.url !== null && (
              <SubtitleTrack
                key={track.index}
                url={track.url}
                language={track.language}
                label={trackName(track, place)}
              />
            ),
        )}
      </video>
      <media-loading-indicator slot="centered-chrome" noautohide="" />
      <KeyFeedback slot="centered-chrome" effect={effect} />
      {problem && <PlayerNotice slot="top-chrome" problem={problem} onRetry={tryAgain} />}
      {resumeSeconds !== null && !problem && (
        <ResumeOffer slot="top-chrome" seconds={resumeSeconds} player={player} onDone={() => setResumeSeconds(null)} />
      )}
      {following.waitingFor !== null && (
        <UpNext
          slot="centered-chrome"
          name={following.waitingFor}
          onPlay={following.open}
          onCancel={following.cancel}
        />
      )}
      <div className={classes["controls"]}>
      <media-control-bar className={classes["bar"]}>
        <media-time-range>
          <media-preview-thumbnail slot="preview" />
          <media-preview-time-display slot="preview" />
        </media-time-range>
        <MarkerTicks video={video} />
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
