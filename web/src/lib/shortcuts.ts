import { useEffect, useState, useSyncExternalStore } from "react";

/** A shortcut: one key, or two in sequence such as "g j". */
export interface Shortcut {
  keys: string;
  label: string;
  /** Gets the pressed key, the last one of a sequence. */
  run: (key: string) => void;
  /** Further keys that do the same, such as a digit each. */
  also?: readonly string[];
  /** How the dialog shows the keys; by default `keys`. */
  shown?: string;
  /** Whether the key has this meaning now; otherwise the browser handles it. By default always. */
  when?: () => boolean;
  /** The heading in the dialog; by default that of the current page. */
  group?: string;
}

export interface ShortcutGroup {
  name: string;
  shortcuts: readonly Shortcut[];
}

export const EVERYWHERE = "Everywhere";
export const THIS_PAGE = "On this page";

const SEQUENCE_MILLISECONDS = 1000;
const MODIFIERS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);

const declared = new Map<symbol, readonly Shortcut[]>();
const listeners = new Set<() => void>();
let groups: readonly ShortcutGroup[] = [];
let first: { key: string; at: number } | null = null;

/** Registers shortcuts, which are off while typing; keys as in `KeyboardEvent.key`, such as "/". */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const [owner] = useState(() => Symbol("shortcuts"));
  useEffect(() => declare(owner, shortcuts));
  useEffect(() => () => withdraw(owner), [owner]);
}

/** Returns the active shortcuts in groups; those of the page come first. */
export function useActiveShortcuts(): readonly ShortcutGroup[] {
  return useSyncExternalStore(subscribe, () => groups);
}

function declare(owner: symbol, shortcuts: readonly Shortcut[]): void {
  if (declared.size === 0) document.addEventListener("keydown", press);
  const changed = signature(declared.get(owner)) !== signature(shortcuts);
  declared.set(owner, shortcuts);
  if (changed) update();
}

function withdraw(owner: symbol): void {
  declared.delete(owner);
  if (declared.size === 0) document.removeEventListener("keydown", press);
  update();
}

function signature(shortcuts: readonly Shortcut[] = []): string {
  return JSON.stringify(shortcuts.map(({ keys, also, shown, label, group }) => [keys, also, shown, label, group]));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function update(): void {
  const byName = new Map<string, Shortcut[]>();
  for (const shortcut of active()) {
    const name = shortcut.group ?? THIS_PAGE;
    byName.set(name, [...(byName.get(name) ?? []), shortcut]);
  }
  groups = [...byName].map(([name, shortcuts]) => ({ name, shortcuts }));
  listeners.forEach((listener) => listener());
}

/** Returns all registered shortcuts, one per key; a page may override global ones. */
function active(): Shortcut[] {
  const all = [...declared.values()].flat();
  const own = all.filter((one) => one.group !== EVERYWHERE);
  const everywhere = all.filter((one) => one.group === EVERYWHERE);
  return [...new Map([...everywhere, ...own].map((one) => [one.keys, one])).values()].sort(
    (a, b) => Number(a.group === EVERYWHERE) - Number(b.group === EVERYWHERE),
  );
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || MODIFIERS.has(event.key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) {
    first = null;
    return;
  }
  const recent = first && event.timeStamp - first.at < SEQUENCE_MILLISECONDS ? first.key : null;
  const all = active();
  const known = (keys: string) => all.find((one) => one.keys === keys || one.also?.includes(keys));
  const found = (recent === null ? undefined : known(`${recent} ${event.key}`)) ?? known(event.key);
  first = found ? null : { key: event.key, at: event.timeStamp };
  if (!found || found.when?.() === false) return;
  event.preventDefault();
  found.run(event.key);
}

/** Returns whether the focused element or a dialog handles the key. */
function isTaken(event: KeyboardEvent): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return true;
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return (
    isTyping(target) ||
    isChoosing(target) ||
    (isPressing(event.key) && isPressable(target)) ||
    (isMoving(event.key) && isMovable(target))
  );
}

function isTyping(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
  }
  return (
    target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role="textbox"],[role="searchbox"],[role="combobox"]') !== null
  );
}

/** In menus and lists, letters select the items that start with them. */
function isChoosing(target: HTMLElement): boolean {
  return target.closest('[role="menu"],[role="listbox"]') !== null;
}

function isPressing(key: string): boolean {
  return key === "Enter" || key === " ";
}

function isPressable(target: HTMLElement): boolean {
  return target.closest('a,button,summary,input,[role="button"],[role="slider"]') !== null;
}

function isMoving(key: string): boolean {
  return /^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key);
}

/** Returns whether these keys move something: a choice, a value, or the part of a box that is shown. */
function isMovable(target: HTMLElement): boolean {
  if (isTimeline(target)) return false;
  return (
    target.closest('input[type="radio"],input[type="range"],[role="slider"],[role="tab"],[role="separator"]') !==
      null || isScrolling(target)
  );
}

/** After a click on its timeline, the keys of a player keep their steps. */
function isTimeline(target: HTMLElement): boolean {
  const root = target.getRootNode();
  return root instanceof ShadowRoot && root.host.localName === "media-time-range";
}

function isScrolling(target: HTMLElement): boolean {
  const { overflowY, overflowX } = getComputedStyle(target);
  const scrolls = (overflow: string) => overflow === "auto" || overflow === "scroll";
  return (
    (scrolls(overflowY) && target.scrollHeight > target.clientHeight) ||
    (scrolls(overflowX) && target.scrollWidth > target.clientWidth)
  );
}
