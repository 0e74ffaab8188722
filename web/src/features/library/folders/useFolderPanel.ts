import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";

import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-library-folders";

/** Returns whether the tree is visible: at first if there is room beside the list, else in a drawer. */
export function useFolderPanel() {
  const isDrawer = !useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [isPinned, setPinned] = useState(() => keptChoice(KEY) !== "hidden");
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
