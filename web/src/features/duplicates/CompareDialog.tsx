import { Alert, Button, Checkbox, Group, Modal, Radio, Slider, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { DuplicateGroup } from "@/api/duplicates";
import { comparedFacts } from "@/features/duplicates/comparedFacts";
import { ComparedPicture } from "@/features/duplicates/ComparedPicture";
import { groupTitle, sameWords } from "@/features/duplicates/duplicateWords";
import { formatCount, formatDuration } from "@/lib/format";

import classes from "@/features/duplicates/CompareDialog.module.css";

/** The most copies that are compared at once: each loads its video. */
const MOST_COMPARED = 6;
const STEP_SECONDS = 0.5;
/** Where the pictures are at first: the very first ones are often black. */
const FIRST_FRACTION = 0.25;

interface CompareDialogProps {
  group: DuplicateGroup;
  kept: string;
  onKept: (videoId: string) => void;
  onKeep: () => void;
  onKeepAll: () => void;
  onClose: () => void;
}

/** The copies of a file side by side: pictures of the same moment, and all facts, those that differ marked. */
export function CompareDialog({ group, kept, onKept, onKeep, onKeepAll, onClose }: CompareDialogProps) {
  const copies = group.videos.slice(0, MOST_COMPARED);
  const seconds = Math.min(...copies.map((copy) => copy.duration_seconds ?? 0));
  const [moment, setMoment] = useState(seconds * FIRST_FRACTION);
  const [onlyDifferent, setOnlyDifferent] = useState(false);
  const facts = comparedFacts(copies);
  const shown = onlyDifferent ? facts.filter((fact) => fact.differs) : facts;
  const more = group.copies - copies.length;

  return (
    <Modal
      opened
      onClose={onClose}
      title={groupTitle(group)}
      size="min(95vw, 90rem)"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {sameWords(group)}
        </Text>
        <Radio.Group value={kept} onChange={onKept} aria-label="The one to keep">
          <div className={classes["scroll"]}>
            <table className={classes["table"]}>
              <thead>
                <tr>
                  <td />
                  {copies.map((copy, index) => (
                    <th key={copy.id} scope="col">
                      <ComparedPicture copy={copy} moment={moment} />
                      <Radio
                        value={copy.id}
                        label={copy.id === group.suggested ? "Keep (suggested)" : "Keep"}
                        aria-label={`Keep copy ${index + 1}: ${copy.root}/${copy.path}`}
                      />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map(({ name, values, differs }) => (
                  <tr key={name} data-differs={differs || undefined}>
                    <th scope="row">
                      {name}
                      {differs && <span className={classes["mark"]}>differs</span>}
                    </th>
                    {values.map((value, index) => (
                      <td key={copies[index]?.id}>{value}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Radio.Group>
        {shown.length === 0 && <Text size="sm">All facts are the same.</Text>}
        {seconds > 0 && (
          <div>
            <Text size="sm" id="compared-moment">
              Pictures at {formatDuration(moment)}
            </Text>
            <Slider
              value={moment}
              onChange={setMoment}
              min={0}
              max={seconds}
              step={STEP_SECONDS}
              label={formatDuration}
              thumbProps={{ "aria-labelledby": "compared-moment", "aria-valuetext": formatDuration(moment) }}
            />
          </div>
        )}
        {more > 0 && <Alert color="gray">{`And ${formatCount(more)} more, which are not compared here.`}</Alert>}
        <Group justify="space-between">
          <Checkbox
            checked={onlyDifferent}
            onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
            label="Only what differs"
          />
          <Group gap="xs">
            <Button variant="default" mih={{ base: 44, sm: 36 }} onClick={onKeepAll}>
              Keep all
            </Button>
            <Button mih={{ base: 44, sm: 36 }} onClick={onKeep}>
              Keep the chosen one
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
