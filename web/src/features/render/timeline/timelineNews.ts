/** The result of opening or saving a timeline. */
export interface TimelineNews {
  kind: "opened" | "saved" | "unopened" | "unsaved";
  /** Its file name. */
  file: string;
  /** Sentences: what was lost, or why it failed. */
  notes: readonly string[];
}

/** Returns the result in one line. */
export function titleOf({ kind, file, notes }: TimelineNews): string {
  switch (kind) {
    case "opened":
      return notes.length > 0 ? `${file} was opened, but not all of it could be imported` : `${file} was opened`;
    case "saved":
      return notes.length > 0 ? `${file} was saved, but editors will not show all of it` : `${file} was saved`;
    case "unopened":
      return `${file} was not opened`;
    case "unsaved":
      return "The timeline was not saved";
  }
}
