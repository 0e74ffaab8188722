import { useState } from "react";

import type { View } from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";

const KEY = "stoat-library-view";

/** Grid or table: what the address says, else what was chosen last in this browser. */
export function useView({ search, change }: LibraryAddress) {
  const [chosen, setChosen] = useState<View>(() =>
    localStorage.getItem(KEY) === "table" ? "table" : "grid",
  );
  function setView(view: View) {
    localStorage.setItem(KEY, view);
    setChosen(view);
    if (search.view !== undefined) change({ view: undefined }, { replace: true });
  }
  return { view: search.view ?? chosen, setView };
}
