import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
  type Modifier,
} from "@dnd-kit/core";
import { SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ActionIcon } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { IconGripVertical } from "@tabler/icons-react";
import { useId, useMemo, type ReactNode } from "react";

import classes from "@/components/ui/SortableList.module.css";

interface SortableListProps<Item> {
  items: readonly Item[];
  /** Returns a key that an item keeps when it moves. */
  keyOf: (item: Item) => string;
  /** Returns what the item is called in sentences: "clip 2". */
  nameOf: (item: Item, index: number) => string;
  label: string;
  className?: string | undefined;
  /** Moves an item so that it has the index `to`. */
  onMove: (from: number, to: number) => void;
  /** Draws an item around the `handle` that it is dragged by. */
  children: (item: Item, index: number, handle: ReactNode) => ReactNode;
}

/** The distance that a pointer moves before it drags: less is a click. */
const DRAG_PIXELS = 4;

const INSTRUCTIONS = {
  draggable: "To move it, press Space, then the arrow keys, then Space again. Press Escape to leave it in its place.",
};

const onlyVertically: Modifier = ({ transform }) => ({ ...transform, x: 0 });

/** An ordered list that is reordered by dragging with a mouse, a finger or the keyboard. */
export function SortableList<Item>(props: SortableListProps<Item>) {
  const { items, keyOf, nameOf, label, className, onMove, children } = props;
  const id = useId();
  const keys = useMemo(() => items.map(keyOf), [items, keyOf]);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PIXELS } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  function move({ active, over }: DragEndEvent) {
    const [from, to] = [keys.indexOf(String(active.id)), keys.indexOf(String(over?.id))];
    if (from >= 0 && to >= 0 && from !== to) onMove(from, to);
  }

  const named = (key: unknown) => {
    const index = keys.indexOf(String(key));
    const item = items[index];
    return item === undefined ? "It" : nameOf(item, index);
  };
  const placed = (key: unknown) => `position ${keys.indexOf(String(key)) + 1} of ${keys.length}`;
  const announcements: Announcements = {
    // It is over its own place as soon as it is picked up.
    onDragStart: ({ active }) => sentence(`${named(active.id)} held at ${placed(active.id)}`),
    onDragOver: ({ active, over }) => sentence(`${named(active.id)} held at ${placed((over ?? active).id)}`),
    onDragEnd: ({ active, over }) => sentence(`${named(active.id)} dropped at ${placed((over ?? active).id)}`),
    onDragCancel: ({ active }) => sentence(`${named(active.id)} left at ${placed(active.id)}`),
  };

  return (
    <DndContext
      id={id}
      sensors={sensors}
      collisionDetection={closestCenter}
      modifiers={[onlyVertically]}
      accessibility={{ announcements, screenReaderInstructions: INSTRUCTIONS }}
      onDragEnd={move}
    >
      <SortableContext items={keys} strategy={verticalListSortingStrategy}>
        <ol className={[classes["list"], className].join(" ")} aria-label={label}>
          {items.map((item, index) => (
            <SortableItem key={keyOf(item)} id={keyOf(item)} name={nameOf(item, index)}>
              {(handle) => children(item, index, handle)}
            </SortableItem>
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

interface SortableItemProps {
  id: string;
  name: string;
  children: (handle: ReactNode) => ReactNode;
}

function SortableItem({ id, name, children }: SortableItemProps) {
  const isStill = useReducedMotion(false, { getInitialValueInEffect: false });
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
    ...(isStill && { transition: null }),
  });
  const handle = (
    <ActionIcon
      ref={setActivatorNodeRef}
      variant="subtle"
      color="gray"
      className={classes["handle"] ?? ""}
      // Else a touch scrolls the page instead. Not in the style sheet: that of Mantine has it, too.
      style={{ touchAction: "none" }}
      aria-label={`Move ${name}`}
      aria-describedby={attributes["aria-describedby"]}
      {...listeners}
    >
      <IconGripVertical size={18} aria-hidden />
    </ActionIcon>
  );
  return (
    <li
      ref={setNodeRef}
      className={classes["item"]}
      data-item={id}
      data-dragged={isDragging || undefined}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      {children(handle)}
    </li>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
