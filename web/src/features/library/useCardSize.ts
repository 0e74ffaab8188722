import { useState } from "react";

import { CARD_SIZES, type CardSize } from "@/features/library/grid/columns";
import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-library-cards";

/** The size of the cards: the last choice in this browser. */
export function useCardSize() {
  const [size, setSize] = useState<CardSize>(
    () => CARD_SIZES.find((one) => one === keptChoice(KEY)) ?? "medium",
  );
  return {
    size,
    setSize: (next: CardSize) => {
      keepChoice(KEY, next);
      setSize(next);
    },
  };
}
