import { Group, Kbd, Modal, Stack, Text, Title } from "@mantine/core";

import { EVERYWHERE, useActiveShortcuts, type Shortcut } from "@/lib/shortcuts";

import classes from "@/features/shortcuts/ShortcutSheet.module.css";

interface ShortcutSheetProps {
  opened: boolean;
  onClose: () => void;
}

/** All shortcuts that are active on the current page. */
export function ShortcutSheet({ opened, onClose }: ShortcutSheetProps) {
  const groups = useActiveShortcuts();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      closeButtonProps={{ "aria-label": "Close the shortcuts" }}
    >
      <Stack gap="lg">
        {groups.map(({ name, shortcuts }) => (
          <section key={name} aria-label={name}>
            <Title order={3} size="h6" mb="xs">
              {name}
            </Title>
            <dl className={classes["list"]}>
              {[...shortcuts, ...(name === EVERYWHERE ? [escape] : [])].map((one) => (
                <div key={one.keys} className={classes["row"]}>
                  <dt>{one.label}</dt>
                  <dd>
                    <Keys keys={one.shown ?? one.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <Text size="sm" c="dimmed">
          Shortcuts are off while you type or a dialog is open.
        </Text>
      </Stack>
    </Modal>
  );
}

const escape: Pick<Shortcut, "keys" | "label" | "shown"> = { keys: "Escape", label: "Close the dialog" };

const names: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  Escape: "Esc",
};

function Keys({ keys }: { keys: string }) {
  const pressed = keys === " " ? [keys] : keys.split(" ");
  return (
    <Group gap={4} wrap="nowrap">
      {pressed.map((key, index) => (
        <span key={index} className={classes["key"]}>
          {index > 0 && <span className={classes["then"]}>then</span>}
          {isCapital(key) && <Kbd>Shift</Kbd>}
          <Kbd>{names[key] ?? key}</Kbd>
        </span>
      ))}
    </Group>
  );
}

function isCapital(key: string): boolean {
  return /^\p{Lu}$/u.test(key);
}
