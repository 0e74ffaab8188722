import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const source = join(import.meta.dirname, "../service-worker.js");

/** Writes `sw.js`: the service worker, with the addresses of the hashed files of this build. */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_options, bundle) {
      const addresses = Object.keys(bundle)
        .filter((name) => name.startsWith("assets/"))
        .map((name) => `/${name}`)
        .sort();
      if (addresses.length === 0) this.error("The build has no hashed files.");
      const list = `const assets = ${JSON.stringify(addresses)};\n`;
      this.emitFile({ type: "asset", fileName: "sw.js", source: list + readFileSync(source, "utf8") });
    },
  };
}
