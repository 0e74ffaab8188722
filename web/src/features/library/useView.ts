import { useState } from "react";

import type { View } from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-library-view";

/** Grid or table: from the address, else the last choice in this browser. */
export function useView({ search, change }: LibraryAddress) {
  const [chosen, setChosen] = useState<View>(() =>
    keptChoice(KEY) === "table" ? "table" : "grid",
  );
  function setView(view: View) {
    keepChoice(KEY, view);
    setChosen(view);
    if (search.view !== undefined) change({ view: undefined }, { replace: true });
  }
  return { view: search.view ?? chosen, setView };
}
