import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

import type { VideoDetail } from "@/api/types";
import { whyNot } from "@/components/ui/player/canPlay";
import { play, seekTo } from "@/components/ui/player/playback";
import { isConvertible, playlistUrl, wayToPlay } from "@/components/ui/player/playbackSource";
import { useHls } from "@/components/ui/player/useHls";
import { NOT_DECODED, whyNotPlaying } from "@/components/ui/player/whyNotPlaying";
import { progressOf, type Segment } from "@/features/render/preview/segments";
import { useVideoRelease } from "@/lib/releaseMedia";

import classes from "@/features/render/preview/Preview.module.css";

interface SlotProps {
  segment: Segment;
  /** False while it only gets ready. */
  isShown: boolean;
  plays: boolean;
  /** Where to begin, in seconds since the start of the segment; each `jump` leads there anew. */
  offset: number;
  jump: number;
  /** 0 to 1. */
  volume: number;
  /** Takes the seconds since the start of the segment. */
  onTime: (offset: number) => void;
  onEnd: () => void;
  onWaiting: (isWaiting: boolean) => void;
}

/** The segment that is shown, or the one that follows it, which gets ready. */
export function PreviewSlot(props: SlotProps) {
  const { segment, isShown } = props;
  const [problem, setProblem] = useState<string | null>(null);
  const { video } = segment;
  const unplayable = video && wayToPlay(video) === null ? whyNot(video) : "";
  const words = segment.words === "" ? (problem ?? unplayable) : segment.words;
  return (
    <div className={classes["slot"]} data-waits={!isShown || undefined} aria-hidden={!isShown}>
      {video && words === "" ? (
        <VideoSlot {...props} video={video} onProblem={setProblem} />
      ) : (
        <StillSlot {...props} words={words} />
      )}
    </div>
  );
}

interface VideoSlotProps extends SlotProps {
  video: VideoDetail;
  onProblem: (problem: string) => void;
}

function VideoSlot({ segment, video, isShown, plays, offset, jump, volume, onProblem, ...events }: VideoSlotProps) {
  const player = useRef<HTMLVideoElement>(null);
  const [way, setWay] = useState(() => wayToPlay(video));
  const { startSeconds, speed, gain } = segment;
  const streamUrl = video.stream_url ?? "";
  const isConverted = way === "converted";
  useVideoRelease(player);
  useHls(
    player,
    isConverted ? playlistUrl(video.id, { way, audio: null, burned: null }) : null,
    useCallback(
      (address) => {
        if (address === null) onProblem(NOT_DECODED);
        else void whyNotPlaying(address, null).then(onProblem);
      },
      [onProblem],
    ),
  );

  async function explain(error: MediaError | null) {
    const reason = await whyNotPlaying(streamUrl, error);
    if (reason === NOT_DECODED && !isConverted && isConvertible(video)) setWay("converted");
    else onProblem(reason);
  }

  function begin(element: HTMLVideoElement) {
    element.defaultPlaybackRate = speed;
    element.playbackRate = speed;
    seekTo(element, startSeconds + offset * speed);
    if (plays && isShown) play(element);
  }
  const onJump = useEffectEvent(() => {
    // Until then the event begins it, as there is nothing to seek in.
    if (player.current && player.current.readyState > 0) begin(player.current);
  });
  useEffect(() => onJump(), [jump, startSeconds, speed]);

  useEffect(() => {
    if (player.current) player.current.volume = Math.min(Math.max(volume * gain, 0), 1);
  }, [volume, gain]);

  function check(element: HTMLVideoElement) {
    if (!isShown || element.seeking) return;
    const { offset: passed, isOver } = progressOf(segment, element);
    events.onTime(passed);
    if (isOver) events.onEnd();
  }
  const onFrame = useEffectEvent(check);
  useEffect(() => {
    const element = player.current;
    if (!element) return;
    if (!isShown || !plays) {
      element.pause();
      return;
    }
    if (element.readyState > 0) play(element);
    let frame = 0;
    const look = () => {
      onFrame(element);
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [isShown, plays]);

  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- the page of the video has its subtitles
    <video
      ref={player}
      src={isConverted ? undefined : streamUrl}
      preload="auto"
      playsInline
      tabIndex={-1}
      aria-label={`Clip ${segment.number}`}
      onLoadedMetadata={(event) => begin(event.currentTarget)}
      // In a tab that is hidden there are no animation frames.
      onTimeUpdate={(event) => check(event.currentTarget)}
      onEnded={(event) => check(event.currentTarget)}
      onError={(event) => void explain(event.currentTarget.error)}
      onWaiting={() => isShown && events.onWaiting(true)}
      onPlaying={() => events.onWaiting(false)}
    />
  );
}

const TICK_MILLISECONDS = 40;

/** A time in which nothing moves: a gap, an image, or the reason why a clip cannot be shown. */
function StillSlot({ segment, isShown, plays, offset, jump, onTime, onEnd, words }: SlotProps & { words: string }) {
  const passed = useRef(0);
  const isReached = useEffectEvent((seconds: number) => {
    passed.current = Math.min(seconds, segment.seconds);
    onTime(passed.current);
    if (seconds >= segment.seconds) onEnd();
  });
  useEffect(() => {
    passed.current = offset;
  }, [offset, jump]);
  useEffect(() => {
    if (!isShown || !plays) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      isReached(passed.current + (now - last) / 1000);
      last = now;
    }, TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [isShown, plays]);
  return <span className={classes["words"]}>{words}</span>;
}
