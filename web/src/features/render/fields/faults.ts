import { createContext, useContext } from "react";

import { ApiError } from "@/api/problem";
import { effectKinds } from "@/features/render/effects/effectKinds";
import type { RenderDraft } from "@/lib/renderDraft";

/** The server's objection to a field of a request, such as `clips.0.crop.width`. */
export interface FieldFault {
  path: string;
  message: string;
}

const FaultsContext = createContext<readonly FieldFault[]>([]);

export const FaultsProvider = FaultsContext.Provider;

/** Returns the errors of the field at `path` itself; undefined if there are none. */
export function useFault(path: string): string | undefined {
  return sentence(useContext(FaultsContext).filter((fault) => fault.path === path));
}

/** Returns the errors at `path` or within it. */
export function useFaultsWithin(path: string): string | undefined {
  return sentence(useContext(FaultsContext).filter((fault) => isWithin(fault.path, path)));
}

/** Returns the errors of some fields of the object at `path`. */
export function useFaultsAmong(path: string, fields: readonly string[]): string | undefined {
  const faults = useContext(FaultsContext);
  return sentence(faults.filter((fault) => fields.some((field) => isWithin(fault.path, `${path}.${field}`))));
}

/** Returns the errors in a response, with their paths in the draft. */
export function faultsOf(error: Error | null, draft: RenderDraft): FieldFault[] {
  const errors = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  return errors.map(({ location, message }) => ({
    path: pathInDraft(pathOf(location), draft),
    message: messageWords(message),
  }));
}

/** Converts `body.clips.0.clip.speed` to `clips.0.speed`: the server includes the kinds of clips and effects. */
export function pathOf(location: string): string {
  return location
    .replace(/^body\./, "")
    .replace(/^(clips\.\d+)\.(?:clip|gap|image(?!\.(?:path|root)$)(?=\.))(?=\.|$)/, "$1")
    .replace(/^(clips\.\d+\.effects\.\d+)\.([a-z-]+)(?=\.)/, (whole: string, place: string, name: string) =>
      effectKinds.has(name) ? place : whole,
    );
}

/** Rewords a validation message, without a final period. */
export function messageWords(message: string): string {
  const plain = message
    .replace(/^Input should be /, "must be ")
    .replace(/^String should /, "must ")
    .replace("end_seconds must come after start_seconds", "The end must come after the start")
    .replace("x and y plus size are 1 at most", "left or top plus size is 100% at most")
    .replace("greater than or equal to", "at least")
    .replace("less than or equal to", "at most")
    .replace("greater than", "more than");
  return plain.charAt(0).toUpperCase() + plain.slice(1).replace(/\.$/, "");
}

/** Incomplete overlays are not sent, so the server's indexes differ. */
function pathInDraft(path: string, draft: RenderDraft): string {
  const [, name = "", number = "", rest = ""] = /^options\.(texts|images)\.(\d+)(.*)$/.exec(path) ?? [];
  const overlays: unknown = draft.options[name];
  if (!Array.isArray(overlays)) return path;
  const sent = overlays.flatMap((overlay: unknown, place) => (isFilledIn(overlay) ? [place] : []));
  return `options.${name}.${sent[Number(number)] ?? number}${rest}`;
}

/** Returns whether an overlay has a text or an image. */
export function isFilledIn(overlay: unknown): boolean {
  if (typeof overlay !== "object" || overlay === null) return false;
  if ("text" in overlay) return typeof overlay.text === "string" && overlay.text.trim() !== "";
  if (!("image" in overlay) || typeof overlay.image !== "object" || overlay.image === null) return false;
  return "path" in overlay.image && typeof overlay.image.path === "string" && overlay.image.path.trim() !== "";
}

function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`);
}

function sentence(faults: readonly FieldFault[]): string | undefined {
  return faults.length === 0 ? undefined : faults.map((fault) => `${fault.message}.`).join(" ");
}
