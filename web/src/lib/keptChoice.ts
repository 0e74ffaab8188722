/** Choices that this browser keeps, where it lets a page keep anything. */

/** What was chosen last; null where that is not known. */
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
    // Full, or forbidden: then it holds until the page is left.
  }
}
