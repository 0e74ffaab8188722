import { Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useRef, useState } from "react";

import type { VideoDetail } from "@/api/types";
import { ClipBar } from "@/components/ui/clip/ClipBar";
import { useClipPoints } from "@/components/ui/clip/useClipPoints";
import { FolderTrail } from "@/components/ui/FolderTrail";
import { CollectionsSection } from "@/features/video/CollectionsSection";
import { NotesField } from "@/features/video/edit/NotesField";
import { RatingField } from "@/features/video/edit/RatingField";
import { TagsField } from "@/features/video/edit/TagsField";
import { TitleField } from "@/features/video/edit/TitleField";
import { DuplicatesSection } from "@/features/video/file/DuplicatesSection";
import { PlaceSection } from "@/features/video/file/PlaceSection";
import { RecipeSection } from "@/features/video/file/RecipeSection";
import { Chapters } from "@/features/video/info/Chapters";
import { folderHref } from "@/features/video/file/folderHref";
import { MediaSection } from "@/features/video/info/MediaSection";
import { Summary } from "@/features/video/info/Summary";
import { MarkersSection } from "@/features/video/markers/MarkersSection";
import { JobsSection } from "@/features/video/JobsSection";
import { isConvertible, wayToPlay, type PlaybackSource, type Way } from "@/components/ui/player/playbackSource";
import { PlaybackMenus } from "@/features/video/player/PlaybackMenus";
import type { Quality } from "@/components/ui/player/useHls";
import { seekTo } from "@/components/ui/player/playback";
import { takePlay } from "@/features/video/player/goOn";
import { PlayerActions } from "@/features/video/player/PlayerActions";
import { Stage } from "@/features/video/player/Stage";
import { useAutoplay } from "@/features/video/player/useAutoplay";
import { useNeighbours } from "@/features/video/useNeighbours";
import { Section } from "@/components/ui/Section";
import { VideoNavigation } from "@/features/video/VideoNavigation";
import { usePageTitle } from "@/lib/pageTitle";
import { shownName } from "@/lib/shownName";

import classes from "@/features/video/VideoView.module.css";

/** The page of a video. */
export function VideoView({ video }: { video: VideoDetail }) {
  usePageTitle(shownName(video.title ?? video.name));
  // Not by styles: the order for the keyboard and for screen readers is the visible one.
  const isPhone = useMediaQuery("(max-width: 40em)", false, { getInitialValueInEffect: false });
  const player = useRef<HTMLVideoElement>(null);
  const [chosenWay, setWay] = useState<Way | null>(null);
  const way = chosenWay ?? wayToPlay(video);
  const [audio, setAudio] = useState<number | null>(null);
  const [burned, setBurned] = useState<number | null>(null);
  const [quality, setQuality] = useState<Quality | null>(null);
  const [playsAtOnce] = useState(takePlay);
  const neighbours = useNeighbours(video.id);
  const autoplay = useAutoplay();
  const [isLooping, setLooping] = useState(false);
  const { frame_rate: frameRate, duration_seconds: durationSeconds } = video;
  const clip = useClipPoints({ videoId: video.id, player, frameRate, durationSeconds });
  const next = autoplay.isOn && !isLooping && neighbours?.next ? { name: neighbours.nextName ?? "", open: neighbours.next } : null;
  // The file itself has no way to choose a track in most browsers.
  const isItself = audio === null && burned === null;
  const source: PlaybackSource | null = way && { way: isItself ? way : "converted", audio, burned };
  const plays = video.stream_url !== null && source !== null;
  const convert = useCallback(() => isConvertible(video) && setWay("converted"), [video]);

  function seek(seconds: number) {
    if (!player.current) return;
    seekTo(player.current, seconds);
    player.current.scrollIntoView({ block: "nearest" });
  }

  const heading = (
    <Stack gap="xs" className={classes["heading"]}>
      <TitleField video={video} />
      <Summary video={video} />
    </Stack>
  );
  return (
    <div className={classes["page"]}>
      <VideoNavigation videoId={video.id} neighbours={neighbours} player={player} />
      <FolderTrail root={video.root} folder={video.folder} last={video.name} hrefOf={folderHref} />
      <div className={classes["columns"]}>
        <div className={classes["stage"]}>
          {isPhone && heading}
          <Stage
            video={video}
            player={player}
            source={source}
            onQuality={setQuality}
            onUnplayable={convert}
            playsAtOnce={playsAtOnce}
            next={next}
            loopsBetween={isLooping ? clip.points : null}
            onInsist={() => setWay("direct")}
          />
          {video.status === "ok" && <ClipBar video={video} clip={clip} plays={plays} />}
          {video.status === "ok" && (
            <PlayerActions
              video={video}
              player={player}
              plays={plays}
              onSeek={seek}
              loop={{ isOn: isLooping, set: setLooping }}
              autoplay={neighbours && autoplay}
            >
              {source && (
                <PlaybackMenus
                  video={video}
                  source={source}
                  quality={quality}
                  onAudio={setAudio}
                  onBurned={setBurned}
                  player={player}
                />
              )}
            </PlayerActions>
          )}
          {!isPhone && heading}
        </div>
        <Stack className={classes["side"]}>
          <Section title="Details">
            <Stack gap="md">
              <RatingField video={video} />
              <TagsField video={video} />
              <NotesField video={video} />
            </Stack>
          </Section>
          {video.status === "ok" && (
            <MarkersSection video={video} player={player} clip={clip} onSeek={plays ? seek : null} />
          )}
          <CollectionsSection videoId={video.id} />
          <PlaceSection video={video} />
          <RecipeSection video={video} />
          <DuplicatesSection video={video} />
          <JobsSection videoId={video.id} />
        </Stack>
        <Stack className={classes["rest"]}>
          {video.media_info && (
            <>
              <Chapters chapters={video.media_info.chapters} onSeek={plays ? seek : null} />
              <MediaSection info={video.media_info} />
            </>
          )}
        </Stack>
      </div>
    </div>
  );
}
