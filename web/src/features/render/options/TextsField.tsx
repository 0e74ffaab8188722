import { ActionIcon, Button, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";

import type { components } from "@/api/generated/schema";

import classes from "@/features/render/options/OptionsForm.module.css";

type Place = components["schemas"]["Place"];
type Words = Readonly<Record<string, unknown>>;

const places: readonly Place[] = [
  "top-left",
  "top",
  "top-right",
  "left",
  "center",
  "right",
  "bottom-left",
  "bottom",
  "bottom-right",
];
const USUAL: Place = "bottom";

interface TextsFieldProps {
  label: string;
  value: unknown;
  onChange: (texts: Words[] | undefined) => void;
}

/** Words over the picture, and where each of them stands. */
export function TextsField({ label, value, onChange }: TextsFieldProps) {
  const texts = Array.isArray(value) ? (value as Words[]) : [];
  const set = (next: Words[]) => onChange(next.length === 0 ? undefined : next);
  const change = (index: number, words: Words) => set(texts.map((one, place) => (place === index ? { ...one, ...words } : one)));
  return (
    <Stack gap="xs" align="stretch" role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {texts.map((one, index) => (
        // They have no identity of their own but their place.
        <div key={index} className={classes["words"]}>
          <TextInput
            size="sm"
            aria-label={`Words ${index + 1}`}
            placeholder="What is written"
            maxLength={500}
            value={wordsOf(one["text"], "")}
            onChange={(event) => change(index, { text: event.currentTarget.value })}
          />
          <NativeSelect
            size="sm"
            aria-label={`Place of words ${index + 1}`}
            data={places.map((place) => ({ value: place, label: place.replace("-", " ") }))}
            value={wordsOf(one["place"], USUAL)}
            onChange={(event) => change(index, { place: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Remove words ${index + 1}`}
            onClick={() => set(texts.filter((_, place) => place !== index))}
          >
            <IconX size={17} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={() => set([...texts, { text: "", place: USUAL }])}
      >
        Add words
      </Button>
    </Stack>
  );
}

function wordsOf(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
