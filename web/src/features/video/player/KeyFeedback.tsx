import {
  IconAspectRatio,
  IconGauge,
  IconHeart,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconSubtitles,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";

import classes from "@/features/video/player/KeyFeedback.module.css";

const icons = {
  back: IconPlayerSkipBack,
  forward: IconPlayerSkipForward,
  favourite: IconHeart,
  fit: IconAspectRatio,
  muted: IconVolumeOff,
  pause: IconPlayerPause,
  play: IconPlayerPlay,
  speed: IconGauge,
  subtitles: IconSubtitles,
  volume: IconVolume,
};

/** What a key did, such as a skip by "5 s" that led to "1:02". */
export interface KeyEffect {
  icon: keyof typeof icons;
  words: string;
}

export type ShowEffect = (icon: KeyEffect["icon"], words: string) => void;

const SHOWN_MILLISECONDS = 1200;

/** Returns the effect to show, which disappears soon, and a function that shows another. */
export function useKeyEffect(): [effect: KeyEffect | null, show: ShowEffect] {
  const [effect, setEffect] = useState<KeyEffect | null>(null);
  useEffect(() => {
    if (effect === null) return;
    const timer = setTimeout(() => setEffect(null), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [effect]);
  const show = useCallback<ShowEffect>((icon, words) => setEffect({ icon, words }), []);
  return [effect, show];
}

/** Shows over the picture what a key did; screen readers announce it when they are free. */
export function KeyFeedback({ slot, effect }: { slot: string; effect: KeyEffect | null }) {
  const Icon = effect && icons[effect.icon];
  return (
    // The attribute keeps the controls from hiding it.
    <div slot={slot} className={classes["feedback"]} role="status" {...{ noautohide: "" }}>
      {Icon && (
        <div className={classes["bubble"]}>
          <Icon size={32} aria-hidden />
          <span>{effect.words}</span>
        </div>
      )}
    </div>
  );
}
