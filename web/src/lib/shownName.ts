/** Characters that turn the direction of what follows: `evil\u202e4pm.exe` looks like another name. */
const TURNING = /[\u202a-\u202e]/g;

/** The name of a file or a folder, or a title, so that it can be seen and looks like no other. */
export function shownName(name: string): string {
  return name.trim() === "" ? `"${name}"` : name.replace(TURNING, "\ufffd");
}
