import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { countQuery } from "@/api/videos";
import { keepChoice, keptChoice } from "@/lib/keptChoice";

const KEY = "stoat-ferret put away";

/** The numbers of files that people have been told of. */
interface Told {
  bad: number;
  missing: number;
}

/**
 * Returns whether the notice of `bad` and `missing` files was put away, and a function that does.
 *
 * It is remembered in this browser until there are more of either. Numbers that fall are remembered
 * too, so that the next file that fails is noticed.
 */
export function usePutAway(): { isPutAway: boolean; putAway: () => void } {
  const bad = useQuery(countQuery({ status: ["bad"] })).data;
  const missing = useQuery(countQuery({ status: ["missing"] })).data;
  const [told, setTold] = useState(readTold);
  if (told !== null && bad !== undefined && missing !== undefined && (bad < told.bad || missing < told.missing)) {
    setTold({ bad: Math.min(bad, told.bad), missing: Math.min(missing, told.missing) });
  }
  useEffect(() => {
    if (told !== null) keepChoice(KEY, JSON.stringify(told));
  }, [told]);
  const isPutAway = told !== null && (bad ?? 0) <= told.bad && (missing ?? 0) <= told.missing;
  return { isPutAway, putAway: () => setTold({ bad: bad ?? 0, missing: missing ?? 0 }) };
}

function readTold(): Told | null {
  try {
    const told: unknown = JSON.parse(keptChoice(KEY) ?? "null");
    if (typeof told !== "object" || told === null) return null;
    const { bad, missing } = told as Record<string, unknown>;
    return typeof bad === "number" && typeof missing === "number" ? { bad, missing } : null;
  } catch {
    return null; // not written by this version
  }
}
