const ENTRY = /<script type="module"[^>]* src="([^"]+)"/;

/**
 * Returns whether the server now sends a different version of the page.
 *
 * The name of the script contains a hash of its content, so this is true after an update, not after
 * each restart. False while the server cannot be reached.
 */
export async function isNewerPageServed(): Promise<boolean> {
  const shown = document.querySelector('script[type="module"][src]')?.getAttribute("src");
  try {
    const answer = await fetch("/", { headers: { accept: "text/html" }, cache: "no-cache" });
    const served = answer.ok ? ENTRY.exec(await answer.text())?.[1] : undefined;
    return served !== undefined && shown !== null && shown !== undefined && served !== shown;
  } catch {
    return false;
  }
}
