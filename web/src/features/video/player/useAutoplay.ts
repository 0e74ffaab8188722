import { useState } from "react";

import type { Choice } from "@/features/video/player/PlayerActions";
import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-ferret.autoplay";

/** Returns whether the next video plays by itself, which is stored in this browser; off at first. */
export function useAutoplay(): Choice {
  const [isOn, setOn] = useState(() => keptChoice(KEY) === "on");
  return {
    isOn,
    set: (wanted) => {
      keepChoice(KEY, wanted ? "on" : "off");
      setOn(wanted);
    },
  };
}
