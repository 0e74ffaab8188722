import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { IconBookmarkPlus, IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import {
  changePreset,
  deletePreset,
  savedPresetsQuery,
  savePreset,
  SAVED_PRESETS_KEY,
  type PresetContent,
  type SavedPreset,
} from "@/api/savedPresets";
import { NameForm } from "@/components/ui/NameForm";
import { offerUndo } from "@/components/ui/offerUndo";
import { useAttempt } from "@/components/ui/useAttempt";

import classes from "@/features/render/PresetCards.module.css";

interface SavedPresetsProps {
  /** The chosen preset and its options. */
  current: PresetContent;
  onChoose: (content: PresetContent) => void;
}

/** The presets that people have saved by name, and a button that saves the current one. */
export function SavedPresets({ current, onChoose }: SavedPresetsProps) {
  const { data: saved = [] } = useQuery(savedPresetsQuery);
  const attempt = useAttempt(SAVED_PRESETS_KEY);
  // A name form is open for the preset with this id, or for a new one.
  const [named, setNamed] = useState<number | "new" | null>(null);
  const close = () => setNamed(null);
  const save = (name: string, content: PresetContent) =>
    attempt("Could not save the preset", () => savePreset(name, content));

  async function replace(one: SavedPreset) {
    const put = (content: PresetContent) => attempt("Could not change the preset", () => changePreset(one.id, content));
    if (await put(current)) offerUndo(`Preset “${one.name}” replaced.`, () => void put(contentOf(one)));
  }

  async function remove(one: SavedPreset) {
    if (!(await attempt("Could not delete the preset", () => deletePreset(one.id)))) return;
    offerUndo(`Preset “${one.name}” deleted.`, () => void save(one.name, contentOf(one)));
  }

  return (
    <div className={classes["saved"]} role="group" aria-label="Saved presets">
      {saved.map((one) =>
        named === one.id ? (
          <NameForm
            key={one.id}
            label={`New name of ${one.name}`}
            name={one.name}
            onSave={(name) => attempt("Could not rename the preset", () => changePreset(one.id, { name }))}
            onClose={close}
          />
        ) : (
          <Button.Group key={one.id}>
            <Button
              size="compact-sm"
              variant={isSame(one, current) ? "light" : "default"}
              aria-pressed={isSame(one, current)}
              className={classes["name"] ?? ""}
              title={one.name}
              onClick={() => onChoose(contentOf(one))}
            >
              {one.name}
            </Button>
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="default" size={26} className={classes["menu"] ?? ""} aria-label={`Change preset ${one.name}`}>
                  <IconDots size={15} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setNamed(one.id)}>Rename…</Menu.Item>
                {!isSame(one, current) && (
                  <Menu.Item onClick={() => void replace(one)}>Replace with current settings</Menu.Item>
                )}
                <Menu.Item c="var(--mantine-color-error)" onClick={() => void remove(one)}>
                  Delete
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Button.Group>
        ),
      )}
      {named === "new" ? (
        <NameForm label="Name of the new preset" name="" onSave={(name) => save(name, current)} onClose={close} />
      ) : (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconBookmarkPlus size={15} aria-hidden />}
            onClick={() => setNamed("new")}
          >
            Save as preset…
          </Button>
          {saved.length === 0 && (
            <Text size="xs" c="dimmed">
              Keeps the preset and its options under a name.
            </Text>
          )}
        </Group>
      )}
    </div>
  );
}

function contentOf({ preset, options }: SavedPreset): PresetContent {
  return { preset, options };
}

function isSame(one: PresetContent, other: PresetContent): boolean {
  return one.preset === other.preset && sorted(one.options) === sorted(other.options);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
