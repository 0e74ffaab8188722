/** Preferences stored in this browser, if it allows pages to store anything. */

/** Returns the last choice; null if unknown. */
export function keptChoice(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keepChoice(key: string, choice: string): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // Full, or forbidden: the choice then lasts until the page is left.
  }
}
