const ENTRY = /<script type="module"[^>]* src="([^"]+)"/;

/**
 * Whether the server now sends another page than the one that is shown.
 *
 * The name of the script holds a hash of what is in it, so that this is true after an update and
 * not after each restart. False while the server does not answer.
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
