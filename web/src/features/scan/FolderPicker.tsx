import { Anchor, Button, Center, Group, Paper, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { foldersQuery, rootsQuery } from "@/api/folders";
import { sentenceOf } from "@/api/problem";
import type { Root } from "@/api/types";
import { FolderList, type FolderEntry } from "@/features/scan/FolderList";
import { FolderTrail } from "@/features/scan/FolderTrail";
import { formatCount } from "@/lib/format";

import classes from "@/features/scan/FolderPicker.module.css";

const RECHECK_MILLISECONDS = 5000;

interface FolderPickerProps {
  /** The absolute path of the open folder, which is the chosen one; null for the roots. */
  folder: string | null;
  /** The server's objection. */
  problem: string | null;
  onChoose: (folder: string | null) => void;
}

/** A folder picker for the roots: browse, or type a path. */
export function FolderPicker({ folder, problem, onChoose }: FolderPickerProps) {
  const roots = useQuery({
    ...rootsQuery,
    staleTime: RECHECK_MILLISECONDS,
    // A disk may be connected while the dialog is open.
    refetchInterval: (query) =>
      query.state.data?.items.every((root) => root.available) ? false : RECHECK_MILLISECONDS,
  });
  const listing = useQuery({
    ...foldersQuery(folder),
    enabled: folder !== null,
    staleTime: RECHECK_MILLISECONDS,
  });
  const [draft, setDraft] = useState<string | null>(null);
  // The entry to focus when the list appears; null keeps the focus.
  const [before, setBefore] = useState<string | null>("");
  const known = roots.data?.items ?? [];
  const failed = folder === null ? roots : listing;

  function go(to: string | null, byKeys = true) {
    setBefore(byKeys ? (folder ?? "") : null);
    setDraft(null);
    onChoose(to);
  }
  function takeDraft() {
    const path = draft?.trim();
    if (path && path !== folder) go(path, false);
    else setDraft(null);
  }

  const up = parentOf(folder, listing.data?.parent, known);
  const entries =
    folder === null ? known.map(rootEntry) : listing.data?.items.map((one) => ({ ...one, problem: null }));
  return (
    <Stack gap="xs">
      <TextInput
        label="Folder"
        description="Choose below, or type a path and press Enter"
        placeholder="/path/to/videos"
        value={draft ?? folder ?? ""}
        error={problem ?? (listing.isError ? sentenceOf(listing.error) : null)}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={takeDraft}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          takeDraft();
        }}
      />
      <Paper withBorder className={classes["box"]}>
        <FolderTrail folder={folder} roots={known} onGo={(path) => go(path, false)} />
        <div className={classes["list"]}>
          {entries && entries.length > 0 && !failed.isError ? (
            <FolderList
              key={folder}
              label={folder === null ? "Library folders" : "Subfolders"}
              entries={entries}
              startAt={before}
              takeFocus={before !== null}
              onOpen={go}
              onUp={up === undefined ? null : () => go(up)}
            />
          ) : (
            <Nothing loading={failed.isPending} failed={failed.isError} isRoots={folder === null}>
              {failed.isError && (
                <Group gap="xs">
                  <Button variant="default" size="xs" onClick={() => void failed.refetch()}>
                    Try again
                  </Button>
                  {folder !== null && (
                    <Button variant="default" size="xs" onClick={() => go(null)}>
                      Show library folders
                    </Button>
                  )}
                </Group>
              )}
            </Nothing>
          )}
        </div>
      </Paper>
      <Text size="xs" c="dimmed">
        {more(listing.data?.total, listing.data?.items.length)}
        Only library folders and their subfolders can be scanned. To add others, start the server with{" "}
        <Anchor component="span" inherit c="dimmed" td="none" ff="monospace">
          stoat-ferret serve FOLDER
        </Anchor>{" "}
        or set STOAT_ROOTS.
      </Text>
    </Stack>
  );
}

function Nothing({
  loading,
  failed,
  isRoots,
  children,
}: {
  loading: boolean;
  failed: boolean;
  isRoots: boolean;
  children: React.ReactNode;
}) {
  if (loading) {
    return (
      <Stack gap={8} p="sm" aria-busy>
        {[60, 40, 50, 35].map((width) => (
          <Skeleton key={width} height={20} width={`${width}%`} />
        ))}
      </Stack>
    );
  }
  const empty = isRoots ? "No library folders are configured." : "No subfolders. You can scan this folder.";
  return (
    <Center h="100%" p="md">
      <Stack align="center" gap="xs">
        <Text size="sm" c="dimmed" ta="center">
          {failed ? (isRoots ? "Could not list the library folders." : "Could not open this folder.") : empty}
        </Text>
        {children}
      </Stack>
    </Center>
  );
}

function rootEntry(root: Root): FolderEntry {
  const problem = root.available ? null : "not available; is the disk connected?";
  return { name: root.name, path: root.path, problem };
}

/** Returns the parent folder; undefined if there is none. */
function parentOf(
  folder: string | null,
  parent: string | null | undefined,
  roots: readonly Root[],
): string | null | undefined {
  if (folder === null || parent === undefined) return undefined;
  if (parent === null && roots.length === 1) return undefined;
  return parent;
}

function more(total: number | undefined, listed: number | undefined): string {
  if (total === undefined || listed === undefined || total <= listed) return "";
  return `${formatCount(total - listed)} more folders are not listed; type the path instead. `;
}
