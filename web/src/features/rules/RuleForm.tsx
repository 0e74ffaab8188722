import { Alert, Button, Checkbox, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { sentenceOf } from "@/api/problem";
import { presetsQuery } from "@/api/renders";
import { addRule, changeRule, ruleKey, type Rule } from "@/api/rules";
import { tagsQuery } from "@/api/tags";
import { CopyText } from "@/components/ui/CopyText";
import { bodyOf, draftOf, gapOf, NEW_RULE, takesExisting, type RuleDraft } from "@/features/rules/ruleDraft";
import { RulePreview } from "@/features/rules/RulePreview";
import { VideoFields } from "@/features/rules/VideoFields";
import { triggerLabels } from "@/features/rules/ruleWords";
import { keysOf } from "@/lib/keysOf";

interface RuleFormProps {
  /** The rule to change; null for a new one. */
  rule: Rule | null;
  onClose: () => void;
}

const MOST_CHARACTERS = 100;
const triggers = keysOf(triggerLabels).map((value) => ({ value, label: triggerLabels[value] }));

/** A form that makes or changes a rule, with a dry run of it. */
export function RuleForm({ rule, onClose }: RuleFormProps) {
  const [draft, setDraft] = useState<RuleDraft>(() => (rule ? draftOf(rule) : NEW_RULE));
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => (rule ? changeRule(rule.id, bodyOf(draft, rule)) : addRule(bodyOf(draft, null))),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ruleKey }),
    onSuccess: (saved) => {
      if (!saved.webhook_secret) onClose();
    },
  });
  const change = (part: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...part }));
  const gap = gapOf(draft);
  const title = rule ? `Edit ${rule.name}` : "New rule";
  const secret = save.data?.webhook_secret;
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {secret ? (
        <NewSecret secret={secret} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (gap === null) save.mutate();
          }}
        >
          <Stack>
            <TextInput
              label="Name"
              required
              data-autofocus
              maxLength={MOST_CHARACTERS}
              value={draft.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <Select
              label="When"
              data={triggers}
              value={draft.when}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              onChange={(when) => when && change({ when })}
            />
            <VideoFields draft={draft} rule={rule} onChange={change} />
            <ActionFields draft={draft} onChange={change} />
            {takesExisting(draft, rule) && (
              <Checkbox
                label="Also run it on existing videos"
                checked={draft.includesExisting}
                onChange={(event) => change({ includesExisting: event.currentTarget.checked })}
              />
            )}
            {gap === null ? <RulePreview draft={draft} rule={rule} /> : <Text size="sm" c="dimmed">{gap}</Text>}
            {save.isError && (
              <Alert color="red" variant="light" role="alert">
                {sentenceOf(save.error)}
              </Alert>
            )}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending} disabled={gap !== null || !draft.name.trim()}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

interface FieldsProps {
  draft: RuleDraft;
  onChange: (part: Partial<RuleDraft>) => void;
}

function ActionFields({ draft, onChange }: FieldsProps) {
  const { data: presets } = useQuery(presetsQuery);
  const [typed, setTyped] = useState("");
  const { data: tags } = useQuery(tagsQuery(typed));
  return (
    <Stack component="fieldset" gap="sm" p={0} m={0} style={{ border: 0 }}>
      <Text component="legend" size="sm" fw={600} p={0} mb="xs">
        Then
      </Text>
      <Checkbox
        label="Create preview thumbnails"
        checked={draft.storyboard}
        onChange={(event) => onChange({ storyboard: event.currentTarget.checked })}
      />
      <Select
        label="Render"
        placeholder="Do not render"
        data={presets?.items.map((preset) => ({ value: preset.name, label: preset.title })) ?? []}
        value={draft.preset}
        clearable
        clearButtonProps={{ "aria-label": "Do not render" }}
        comboboxProps={{ withinPortal: false }}
        onChange={(preset) => onChange({ preset })}
      />
      {draft.preset !== null && (
        <TextInput
          label="Into folder"
          description="Inside the output folder, such as proxies/2026; it is created if needed."
          placeholder="The output folder"
          maxLength={1000}
          value={draft.renderFolder}
          onChange={(event) => onChange({ renderFolder: event.currentTarget.value })}
        />
      )}
      <TagsInput
        label="Add tags"
        description="Press Enter after each tag."
        data={tags?.items.map((tag) => tag.name) ?? []}
        value={draft.tags}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={(names) => onChange({ tags: names })}
        comboboxProps={{ withinPortal: false }}
        maxLength={MOST_CHARACTERS}
        acceptValueOnBlur
      />
      <TextInput
        label="Call a webhook"
        placeholder="https://example.org/hook"
        type="url"
        inputMode="url"
        value={draft.webhook}
        onChange={(event) => onChange({ webhook: event.currentTarget.value })}
      />
    </Stack>
  );
}

function NewSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm">The rule is saved. This key signs the calls of its webhook; it will not be shown again.</Text>
      <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }}>
        {secret}
      </Text>
      <Group justify="flex-end" gap="xs">
        <CopyText label="Copy key" text={secret} rows={2} />
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
