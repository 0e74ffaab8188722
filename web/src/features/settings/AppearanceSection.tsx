import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import { Section } from "@/components/ui/Section";


const choices: { value: MantineColorScheme; label: string }[] = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "System" },
];

export function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Theme" about="This browser only.">
      <SegmentedControl
        aria-label="Theme"
        data={choices}
        value={colorScheme}
        style={{ alignSelf: "flex-start" }}
        onChange={(value) => setColorScheme(value)}
      />
    </Section>
  );
}
