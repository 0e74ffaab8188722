import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";

import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-library-filters";

/** Returns whether the filters are visible: beside the list if there is room, else in a drawer. */
export function useFilterPanel() {
  const isDrawer = !useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  const [isPinned, setPinned] = useState(() => keptChoice(KEY) === "shown");
  const [isDrawn, setDrawn] = useState(false);
  const isShown = isDrawer ? isDrawn : isPinned;
  function show(shown: boolean) {
    if (isDrawer) {
      setDrawn(shown);
      return;
    }
    keepChoice(KEY, shown ? "shown" : "hidden");
    setPinned(shown);
  }
  return { isDrawer, isShown, toggle: () => show(!isShown), hide: () => show(false) };
}
