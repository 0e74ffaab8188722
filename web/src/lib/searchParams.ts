/** Parses plain parameters: `?q=beach&tag=sea&tag=sun`; repeated ones are a list. */

export type PlainSearch = Record<string, string | string[]>;

export function parseSearch(text: string): PlainSearch {
  const search: PlainSearch = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    search[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return search;
}

/** Formats parameters; undefined and empty ones are omitted. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === "string" ? one !== "" : ["number", "boolean"].includes(typeof one)) {
        parameters.append(name, String(one));
      }
    }
  }
  const text = parameters.toString();
  return text && `?${text}`;
}
