import { Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconFolder, IconFolderOff } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { shownName } from "@/lib/shownName";

import classes from "@/features/scan/FolderPicker.module.css";

const ROW_PIXELS = 40;
const PAGE_ROWS = 6;
const TYPING_MILLISECONDS = 700;

export interface FolderEntry {
  name: string;
  path: string;
  /** Why it cannot be opened; null if it can. */
  problem: string | null;
}

interface FolderListProps {
  label: string;
  entries: readonly FolderEntry[];
  /** The path of the initially active entry. */
  startAt: string | null;
  /** Whether that entry takes the focus. */
  takeFocus: boolean;
  onOpen: (path: string) => void;
  /** Opens the parent folder; null if there is none. */
  onUp: (() => void) | null;
}

/** A list of folders, with keys: arrows, Enter, Backspace, first letters. */
export function FolderList({ label, entries, startAt, takeFocus, onOpen, onUp }: FolderListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(() =>
    Math.max(0, entries.findIndex((entry) => entry.path === startAt)),
  );
  const focusNext = useRef(takeFocus);
  const typed = useRef({ letters: "", at: 0 });
  // oxlint-disable-next-line react-hooks/incompatible-library -- its functions are not passed on
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 8,
    initialOffset: Math.max(0, (active - 2) * ROW_PIXELS),
  });

  useEffect(() => {
    if (!focusNext.current) return;
    const row = frame.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    (row ?? frame.current)?.focus();
    if (row) focusNext.current = false;
  });

  function goTo(index: number) {
    const next = Math.min(Math.max(index, 0), entries.length - 1);
    focusNext.current = true;
    setActive(next);
    rows.scrollToIndex(next);
  }

  function goToLetters(letter: string, at: number) {
    const recent = at - typed.current.at < TYPING_MILLISECONDS ? typed.current.letters : "";
    const letters = (recent + letter).toLowerCase();
    typed.current = { letters, at };
    const found = entries.findIndex((entry) => entry.name.toLowerCase().startsWith(letters));
    if (found >= 0) goTo(found);
  }

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(active + 1),
      ArrowUp: () => goTo(active - 1),
      PageDown: () => goTo(active + PAGE_ROWS),
      PageUp: () => goTo(active - PAGE_ROWS),
      Home: () => goTo(0),
      End: () => goTo(entries.length - 1),
      ArrowRight: () => open(entries[active]),
      ArrowLeft: () => onUp?.(),
      Backspace: () => onUp?.(),
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      move();
    } else if (event.key.length === 1 && event.key !== " ") {
      goToLetters(event.key, event.timeStamp);
    }
  }

  function open(entry: FolderEntry | undefined) {
    if (entry?.problem === null) onOpen(entry.path);
  }

  return (
    // The keys belong to the buttons inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div ref={frame} className={classes["frame"]} role="group" aria-label={label} tabIndex={-1} onKeyDown={press}>
      <div style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const entry = entries[row.index];
          if (!entry) return null;
          const Icon = entry.problem === null ? IconFolder : IconFolderOff;
          return (
            <UnstyledButton
              key={entry.path}
              className={classes["row"]}
              style={{ transform: `translateY(${row.start}px)` }}
              data-index={row.index}
              tabIndex={row.index === active ? 0 : -1}
              aria-disabled={entry.problem !== null || undefined}
              onClick={() => open(entry)}
              onFocus={() => setActive(row.index)}
            >
              <Icon size={18} aria-hidden className={classes["icon"]} />
              <span className={classes["name"]}>{shownName(entry.name)}</span>
              {entry.problem === null ? (
                <IconChevronRight size={16} aria-hidden className={classes["icon"]} />
              ) : (
                <Text component="span" size="xs" c="dimmed">
                  {entry.problem}
                </Text>
              )}
            </UnstyledButton>
          );
        })}
      </div>
    </div>
  );
}
