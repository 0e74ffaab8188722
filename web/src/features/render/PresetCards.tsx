import { Group, Radio, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Preset } from "@/api/renders";
import { Section } from "@/components/ui/Section";

import classes from "@/features/render/PresetCards.module.css";

interface PresetCardsProps {
  presets: readonly Preset[];
  chosen: string;
  onChoose: (preset: Preset) => void;
  /** Above the cards. */
  children?: ReactNode;
}

/** The presets as cards. */
export function PresetCards({ presets, chosen, onChoose, children }: PresetCardsProps) {
  return (
    <Section title="Preset">
      {children}
      <Radio.Group
        aria-label="Preset"
        value={chosen}
        onChange={(name) => {
          const preset = presets.find((one) => one.name === name);
          if (preset) onChoose(preset);
        }}
      >
        <div className={classes["cards"]}>
          {presets.map((preset) => (
            <Radio.Card
              key={preset.name}
              value={preset.name}
              aria-label={`${preset.title}: ${preset.description}`}
              className={classes["card"] ?? ""}
            >
              <Group wrap="nowrap" gap="xs" align="flex-start">
                <Radio.Indicator size="xs" mt={3} />
                <div>
                  <Text size="sm" fw={600} lh={1.35}>
                    {preset.title}
                  </Text>
                  <Text size="xs" c="dimmed" lh={1.35}>
                    {preset.description}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </Section>
  );
}
