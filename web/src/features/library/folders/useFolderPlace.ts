import { useQuery } from "@tanstack/react-query";

import { treeRootsQuery, type FolderPlace } from "@/api/folderTree";
import { activeFilters, withoutGaps, type LibrarySearch } from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { stringifySearch } from "@/lib/searchParams";

/** The folder in the address, with the rest of the list as it is. */
export function useFolderPlace({ search, change }: LibraryAddress) {
  const isFolder = search.root !== undefined || search.folder !== undefined;
  const { data: roots } = useQuery({ ...treeRootsQuery, enabled: isFolder });
  // A folder without a root is in the only one.
  const root = search.root ?? (roots?.length === 1 ? roots[0]?.root : undefined);
  const place: FolderPlace | null =
    isFolder && root !== undefined ? { root, folder: search.folder ?? "" } : null;

  const hrefOf = (toRoot?: string, folder?: string) => `/${stringifySearch(inFolder(search, toRoot, folder))}`;
  function open({ root: toRoot, folder }: FolderPlace) {
    change({ root: toRoot, folder: folder === "" ? undefined : folder });
    window.scrollTo({ top: 0 });
  }
  const isAlone = activeFilters(search).every((name) => PLACE.has(name));
  return { place, isFolder, isAlone: isFolder && isAlone, hrefOf, open };
}

const PLACE: ReadonlySet<string> = new Set<keyof LibrarySearch>(["root", "folder", "subfolders"]);

function inFolder(search: LibrarySearch, root?: string, folder?: string): Record<string, unknown> {
  const subfolders = root === undefined && folder === undefined ? undefined : search.subfolders;
  return { ...withoutGaps<LibrarySearch>({ ...search, root, folder, subfolders }) };
}
