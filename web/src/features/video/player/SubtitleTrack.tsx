import { notifications } from "@mantine/notifications";
import { useEffect, useRef } from "react";

import { whyNotPlaying } from "@/components/ui/player/whyNotPlaying";

interface SubtitleTrackProps {
  url: string;
  language: string | null;
  label: string;
}

/** Subtitles of a player; says why if they cannot be loaded. */
export function SubtitleTrack({ url, language, label }: SubtitleTrackProps) {
  const track = useRef<HTMLTrackElement>(null);
  useEffect(() => {
    const { current } = track;
    // React does not listen to it.
    const explain = () => {
      void whyNotPlaying(url, null).then((message) => {
        notifications.show({ title: "No subtitles", message, color: "red" });
      });
    };
    current?.addEventListener("error", explain);
    return () => {
      current?.removeEventListener("error", explain);
    };
  }, [url]);
  return <track ref={track} kind="subtitles" src={url} srcLang={language ?? undefined} label={label} />;
}
