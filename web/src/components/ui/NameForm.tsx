import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";

interface NameFormProps {
  label: string;
  name: string;
  /** Returns whether the name was accepted. */
  onSave: (name: string) => Promise<boolean>;
  onClose: () => void;
}

/** The same function each time, which React then calls once. */
function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}

const MOST_CHARACTERS = 100;

/** A field for the name of something that people save. */
export function NameForm({ label, name, onSave, onClose }: NameFormProps) {
  const [text, setText] = useState(name);
  const [isSaving, setSaving] = useState(false);

  async function save() {
    setSaving(true);
    const isSaved = await onSave(text.trim());
    setSaving(false);
    if (isSaved) onClose();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) void save();
      }}
    >
      <TextInput
        data-autofocus
        ref={focusOnce}
        size="sm"
        aria-label={label}
        placeholder="Name"
        maxLength={MOST_CHARACTERS}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      />
      <Group gap="xs" mt={4} mb="xs">
        <Button type="submit" size="compact-sm" loading={isSaving} disabled={!text.trim()}>
          Save
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
