import { createContext, useContext } from "react";

import { ApiError } from "@/api/problem";
import type { RenderDraft } from "@/lib/renderDraft";

/** What the server says against one field of a request, such as `clips.0.crop.width`. */
export interface FieldFault {
  path: string;
  message: string;
}

const FaultsContext = createContext<readonly FieldFault[]>([]);

export const FaultsProvider = FaultsContext.Provider;

/** What is wrong with the field at `path`, but not within it; undefined where nothing is. */
export function useFault(path: string): string | undefined {
  return sentence(useContext(FaultsContext).filter((fault) => fault.path === path));
}

/** What is wrong with anything at `path` or within it. */
export function useFaultsWithin(path: string): string | undefined {
  return sentence(useContext(FaultsContext).filter((fault) => isWithin(fault.path, path)));
}

/** The same for several fields of what is at `path`. */
export function useFaultsAmong(path: string, fields: readonly string[]): string | undefined {
  const faults = useContext(FaultsContext);
  return sentence(faults.filter((fault) => fields.some((field) => isWithin(fault.path, `${path}.${field}`))));
}

/** The faults that an answer of the server names, at the places where the draft has them. */
export function faultsOf(error: Error | null, draft: RenderDraft): FieldFault[] {
  const errors = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  return errors.map(({ location, message }) => ({
    path: pathInDraft(pathOf(location), draft),
    message: messageWords(message),
  }));
}

/** `body.clips.0.clip.speed` as `clips.0.speed`: the server names the kind of a piece, too. */
export function pathOf(location: string): string {
  return location.replace(/^body\./, "").replace(/^(clips\.\d+)\.(?:clip|gap)(?=\.|$)/, "$1");
}

/** Sentences of validation as people say them, without a full stop. */
export function messageWords(message: string): string {
  const plain = message
    .replace(/^Input should be /, "must be ")
    .replace(/^String should /, "must ")
    .replace("end_seconds must come after start_seconds", "The end must come after the start")
    .replace("greater than or equal to", "at least")
    .replace("less than or equal to", "at most")
    .replace("greater than", "more than");
  return plain.charAt(0).toUpperCase() + plain.slice(1).replace(/\.$/, "");
}

/** Overlays that are yet to be filled in are not sent, so that the server counts others. */
function pathInDraft(path: string, draft: RenderDraft): string {
  const [, name = "", number = "", rest = ""] = /^options\.(texts|images)\.(\d+)(.*)$/.exec(path) ?? [];
  const overlays: unknown = draft.options[name];
  if (!Array.isArray(overlays)) return path;
  const sent = overlays.flatMap((overlay: unknown, place) => (isFilledIn(overlay) ? [place] : []));
  return `options.${name}.${sent[Number(number)] ?? number}${rest}`;
}

/** Whether an overlay has words, or names a picture. */
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
