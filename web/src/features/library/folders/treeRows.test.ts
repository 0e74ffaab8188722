import { expect, test } from "vitest";

import type { FolderPlace } from "@/api/folderTree";
import type { TreeFolder } from "@/features/library/folders/treeRows";
import { arrange, keyOf, parentOf, rowAt, rowOf, type OpenFolders } from "@/features/library/folders/treeRows";

function folderAt(root: string, folder: string): TreeFolder {
  const name = folder.split("/").at(-1) ?? root;
  return { root, folder, name, videos: 1, total_videos: 1, missing: 0, has_subfolders: true, thumbnail_url: null };
}

/** A tree with the root r, and in each folder three folders named by numbers. */
function dataOf(place: FolderPlace | null) {
  if (place === null) {
    return { total: 1, at: (index: number) => (index === 0 ? folderAt("r", "") : undefined), find: () => undefined };
  }
  const named = (index: number) => folderAt(place.root, [place.folder, index].filter((part) => part !== "").join("/"));
  return { total: 3, at: (index: number) => (index < 3 ? named(index) : undefined), find: () => undefined };
}

function opened(...folders: [folder: string, index: number][]): OpenFolders {
  return new Map(folders.map(([folder, index]) => [keyOf({ root: "r", folder }), { place: { root: "r", folder }, index }]));
}

test("the rows are those of open folders, in order", () => {
  const tree = arrange(opened(["", 0], ["1", 1], ["1/2", 2], ["2", 2]), dataOf);
  const shown = Array.from({ length: tree.rows }, (_, row) => rowAt(tree, row).folder?.folder);
  expect(shown).toEqual(["", "0", "1", "1/0", "1/1", "1/2", "1/2/0", "1/2/1", "1/2/2", "2", "2/0", "2/1", "2/2"]);
  expect(rowAt(tree, 6).level.depth).toBe(4);
  expect(rowAt(tree, 5).isOpen).toBe(true);
  expect(rowAt(tree, 6).isOpen).toBe(false);
});

test("each row is found again by its folder", () => {
  const tree = arrange(opened(["", 0], ["0", 0], ["1", 1], ["1/2", 2]), dataOf);
  for (let row = 0; row < tree.rows; row += 1) {
    const { level, index } = rowAt(tree, row);
    expect(rowOf(tree, level.place, index)).toBe(row);
  }
  expect(rowOf(tree, { root: "r", folder: "2" }, 0)).toBeUndefined();
});

test("what is open below a closed folder takes no rows", () => {
  expect(arrange(opened(["1", 1], ["1/2", 2]), dataOf).rows).toBe(1);
});

test("a folder whose place was taken by another shows no subfolders", () => {
  expect(arrange(opened(["", 0], ["1", 2]), dataOf).rows).toBe(4);
});

test("a folder that was moved by others is found where it is loaded", () => {
  const moved = (place: FolderPlace | null) => ({
    ...dataOf(place),
    find: (key: string) => (key === keyOf({ root: "r", folder: "1" }) ? 1 : undefined),
  });
  expect(arrange(opened(["", 0], ["1", 2]), moved).rows).toBe(7);
});

test("the folder above a folder is known", () => {
  expect(parentOf({ root: "r", folder: "a/b" })).toEqual({ root: "r", folder: "a" });
  expect(parentOf({ root: "r", folder: "a" })).toEqual({ root: "r", folder: "" });
  expect(parentOf({ root: "r", folder: "" })).toBeNull();
});
