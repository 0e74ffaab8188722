/** Returns the address of the library in a folder of a root, or without a filter. */
export function folderHref(root?: string, folder = ""): string {
  if (root === undefined) return "/";
  const search = new URLSearchParams({ root });
  if (folder) search.set("folder", folder);
  return `/?${search.toString()}`;
}
