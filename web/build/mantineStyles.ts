import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const MODULE = "virtual:mantine.css";
const RESOLVED = `\0${MODULE}`;
const packages = join(import.meta.dirname, "../node_modules/@mantine");
/** Folders of the components, and of their shared parts. */
const folders = ["components", "utils"].map((name) => join(packages, "core/esm", name));
const styles = join(packages, "core/styles");
/** Styles for all components. */
const always = ["baseline", "default-css-variables", "global", "UnstyledButton"];

/**
 * `import "virtual:mantine.css"` contains the styles of the Mantine components in use and of their
 * parts: a third of all. The build fails if a class is missing.
 *
 * They are a layer, so that the page's own styles override them in whatever order both load: those
 * of a lazy page are put into the head, before the style sheets that `shell` has moved.
 */
export function mantineStyles(): Plugin {
  let css = "";
  return {
    name: "mantine-styles",
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      css = stylesOf(componentsInUse());
      return `@layer mantine{${css}}`;
    },
    generateBundle(_options, bundle) {
      const all = readStyle("../styles");
      for (const chunk of Object.values(bundle)) {
        const code = chunk.type === "chunk" ? chunk.code : "";
        const lacking = classesIn(code).filter((name) => all.includes(name) && !css.includes(name));
        if (css && lacking.length > 0) {
          this.error(`${chunk.fileName} has classes of Mantine without a style: ${lacking.join(", ")}`);
        }
      }
    },
  };
}

/** Returns the names that the page and its packages import from `@mantine/core`. */
export function componentsInUse(): Set<string> {
  const files = [
    ...globSync(join(import.meta.dirname, "../src/**/*.{ts,tsx}")),
    ...globSync(join(packages, "notifications/esm/**/*.mjs")),
  ];
  const imports = /import\s*\{([^}]*)\}\s*from "@mantine\/core"/g;
  return new Set(
    files
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(imports)])
      .flatMap((match) => (match[1] ?? "").split(","))
      .map((name) => name.replace(/^\s*type\s/, "").trim().split(" ")[0] ?? ""),
  );
}

/** Returns the styles of the components, and of all that they import, in Mantine's order. */
export function stylesOf(names: Iterable<string>): string {
  const known = new Set(folders.flatMap((folder) => readdirSync(folder)));
  const wanted = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (!known.has(name) || wanted.has(name)) continue;
    wanted.add(name);
    queue.push(...importedBy(name));
  }
  const files = new Set([...always, ...[...wanted].flatMap(stylesIn)]);
  const all = readStyle("../styles");
  return [...files]
    .map(readStyle)
    .map((text) => ({ text, at: all.indexOf(text.trim().slice(0, 60)) }))
    .sort((a, b) => a.at - b.at)
    .map((one) => one.text)
    .join("\n");
}

/** Returns the components from whose folders `component` imports. */
function importedBy(component: string): string[] {
  const imports = /from "(?:\.\.\/)+(?:components\/|utils\/)?(\w+)\//g;
  return filesOf(component, "*.mjs").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(imports)].map((match) => match[1] ?? ""),
  );
}

function stylesIn(component: string): string[] {
  const available = new Set(readdirSync(styles));
  return filesOf(component, "*.module.mjs")
    .map((file) => file.replace(/^.*\/|\.module\.mjs$/g, ""))
    .filter((name) => available.has(`${name}.css`));
}

function filesOf(component: string, name: string): string[] {
  return folders.flatMap((folder) => globSync(join(folder, component, "**", name)));
}

function readStyle(name: string): string {
  return readFileSync(join(styles, `${name}.css`), "utf8");
}

function classesIn(code: string): string[] {
  return [...new Set(code.match(/\bm_[0-9a-f]{6,8}\b/g))];
}
