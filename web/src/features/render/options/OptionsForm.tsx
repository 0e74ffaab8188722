import { Button, Collapse, Fieldset, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";

import type { Preset, RenderOption } from "@/api/renders";
import { OptionField } from "@/features/render/options/OptionField";
import { groupWords } from "@/features/render/options/optionWords";
import { Section } from "@/components/ui/Section";

import classes from "@/features/render/options/OptionsForm.module.css";

type Values = Readonly<Record<string, unknown>>;

interface OptionsFormProps {
  preset: Preset;
  /** All options. */
  options: readonly RenderOption[];
  /** Working hardware encoders; null if unknown. */
  hardware: readonly string[] | null;
  values: Values;
  onChange: (values: Values) => void;
}

/** The options of a preset in groups; advanced ones are collapsed. */
export function OptionsForm({ preset, options, hardware, values, onChange }: OptionsFormProps) {
  const known = options.filter((option) => preset.options.includes(option.name));
  const [simple, advanced] = [known.filter((one) => !one.is_advanced), known.filter((one) => one.is_advanced)];
  const isSet = advanced.some((option) => values[option.name] !== undefined);
  const [opened, fold] = useDisclosure(isSet);
  const set = (name: string, value: unknown) =>
    onChange(Object.fromEntries(Object.entries({ ...values, [name]: value }).filter(([, one]) => one !== undefined)));
  const groupsOf = (shown: readonly RenderOption[]) =>
    [...new Set(shown.map((option) => option.group))].map((group) => (
      <Fieldset key={group} legend={groupWords(group)} variant="unstyled" className={classes["group"] ?? ""}>
        <div className={classes["fields"]}>
          {shown
            .filter((option) => option.group === group)
            .map((option) => (
              <OptionField
                key={option.name}
                option={option}
                preset={preset}
                value={values[option.name]}
                onChange={(value) => set(option.name, value)}
              />
            ))}
        </div>
      </Fieldset>
    ));

  return (
    <Section
      title={`${preset.title} options`}
      aside={
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange({})}>
          Reset
        </Button>
      }
    >
      <Stack gap="md">
        {groupsOf(simple)}
        {advanced.length > 0 && (
          <div>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              aria-expanded={opened}
              rightSection={
                <IconChevronDown size={14} aria-hidden className={classes["chevron"]} data-opened={opened || undefined} />
              }
              onClick={fold.toggle}
            >
              Advanced
            </Button>
            <Collapse expanded={opened}>
              {opened && (
                <Stack gap="md" mt="xs">
                  {groupsOf(advanced)}
                  {preset.options.includes("encoder") && hardware !== null && (
                    <Text size="xs" c="dimmed">
                      {hardware.length > 0
                        ? `Available hardware encoders: ${hardware.join(", ")}.`
                        : "No hardware encoder is available on this machine."}
                    </Text>
                  )}
                </Stack>
              )}
            </Collapse>
          </div>
        )}
      </Stack>
    </Section>
  );
}
