import { Stack } from "@mantine/core";
import { useRef, useState } from "react";

import type { VideoDetail } from "@/api/types";
import { ClipBar } from "@/components/ui/clip/ClipBar";
import { FolderTrail } from "@/components/ui/FolderTrail";
import { NotesField } from "@/features/video/edit/NotesField";
import { RatingField } from "@/features/video/edit/RatingField";
import { TagsField } from "@/features/video/edit/TagsField";
import { TitleField } from "@/features/video/edit/TitleField";
import { DuplicatesSection } from "@/features/video/file/DuplicatesSection";
import { PlaceSection } from "@/features/video/file/PlaceSection";
import { Chapters } from "@/features/video/info/Chapters";
import { folderHref } from "@/features/video/file/folderHref";
import { MediaSection } from "@/features/video/info/MediaSection";
import { Summary } from "@/features/video/info/Summary";
import { JobsSection } from "@/features/video/JobsSection";
import { canPlay } from "@/features/video/player/canPlay";
import { seekTo } from "@/features/video/player/playback";
import { Stage } from "@/features/video/player/Stage";
import { Section } from "@/components/ui/Section";
import { VideoNavigation } from "@/features/video/VideoNavigation";
import { usePageTitle } from "@/lib/pageTitle";
import { shownName } from "@/lib/shownName";

import classes from "@/features/video/VideoView.module.css";

/** The page of a video. */
export function VideoView({ video }: { video: VideoDetail }) {
  usePageTitle(shownName(video.title ?? video.name));
  const player = useRef<HTMLVideoElement>(null);
  const [insisted, setInsisted] = useState(false);
  const plays = video.stream_url !== null && (insisted || canPlay(video));

  function seek(seconds: number) {
    if (!player.current) return;
    seekTo(player.current, seconds);
    player.current.scrollIntoView({ block: "nearest" });
  }

  return (
    <div className={classes["page"]}>
      <VideoNavigation videoId={video.id} />
      <FolderTrail root={video.root} folder={video.folder} last={video.name} hrefOf={folderHref} />
      <div className={classes["columns"]}>
        <div className={classes["stage"]}>
          <Stage video={video} player={player} plays={plays} onInsist={() => setInsisted(true)} />
          {video.status === "ok" && <ClipBar video={video} player={player} plays={plays} />}
          <Stack gap="xs" className={classes["heading"]}>
            <TitleField video={video} />
            <Summary video={video} />
          </Stack>
        </div>
        <Stack className={classes["side"]}>
          <Section title="Details">
            <Stack gap="md">
              <RatingField video={video} />
              <TagsField video={video} />
              <NotesField video={video} />
            </Stack>
          </Section>
          <PlaceSection video={video} />
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
