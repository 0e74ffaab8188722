import type { Plugin } from "vite";

const ROOT = '<div id="root">';
const STYLE_SHEETS = /\s*<link rel="stylesheet"[^>]*>/g;

/**
 * Moves the style sheets behind the shell, which browsers then paint before these have loaded.
 *
 * They stay before the page, whose own style elements override them, and which waits for them:
 * nothing of it is ever seen without its styles.
 */
export function shell(): Plugin {
  return {
    name: "shell",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const links = html.match(STYLE_SHEETS) ?? [];
        if (links.length === 0 || !html.includes(ROOT)) throw new Error("index.html has no style sheet to move");
        return html.replaceAll(STYLE_SHEETS, "").replace(ROOT, `${links.join("").trim()}\n    ${ROOT}`);
      },
    },
  };
}
