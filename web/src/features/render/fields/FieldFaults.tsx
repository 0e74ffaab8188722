import { useMemo, useState, type ReactNode } from "react";

import type { Preset } from "@/api/renders";
import { faultsOf, FaultsProvider } from "@/features/render/fields/faults";
import { withNames } from "@/features/render/planWords";
import { namesOf, type ClipVideo } from "@/features/render/useClipVideos";
import { usePlan } from "@/features/render/usePlan";
import type { RenderDraft } from "@/lib/renderDraft";

interface FieldFaultsProps {
  draft: RenderDraft;
  /** Undefined while the presets are loading. */
  preset: Preset | undefined;
  videos: ReadonlyMap<string, ClipVideo>;
  children: ReactNode;
}

/** Provides each field of the form with its errors from the server. */
export function FieldFaults({ draft, preset, videos, children }: FieldFaultsProps) {
  const { error, isCurrent } = usePlan(draft, preset);
  const faults = useMemo(() => {
    const names = namesOf(videos);
    return faultsOf(error, draft).map((fault) => ({ ...fault, message: withNames(fault.message, names) }));
  }, [error, draft, videos]);
  // The last errors stay until the next response: otherwise fields would jump at each keystroke.
  const [shown, setShown] = useState(faults);
  if (isCurrent && shown !== faults) setShown(faults);
  return <FaultsProvider value={isCurrent ? faults : shown}>{children}</FaultsProvider>;
}
