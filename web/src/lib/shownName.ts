/** Characters that change the text direction: `evil\u202e4pm.exe` looks like another name. */
const TURNING = /[\u202a-\u202e]/g;

/** Returns a name or title for display, so that it is visible and cannot pose as another one. */
export function shownName(name: string): string {
  return name.trim() === "" ? `"${name}"` : name.replace(TURNING, "\ufffd");
}
