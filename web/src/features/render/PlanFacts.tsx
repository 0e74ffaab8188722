import { List, Stack, Text } from "@mantine/core";

import type { RenderBody, RenderPlan } from "@/api/renders";
import { factsOf, filesOf, withNames } from "@/features/render/planWords";
import { SizeFact } from "@/features/render/SizeFact";

import classes from "@/features/render/PlanFacts.module.css";

interface PlanFactsProps {
  plan: RenderPlan;
  /** The request, if its size can be measured. */
  body: RenderBody | null;
  /** The names of videos by id. */
  names: ReadonlyMap<string, string>;
}

/** The planned output in words. */
export function PlanFacts({ plan, body, names }: PlanFactsProps) {
  return (
    <Stack gap="sm">
      <div>
        {filesOf(plan).map((file) => (
          <Text key={file} fw={600} size="sm" style={{ overflowWrap: "anywhere" }}>
            {file}
          </Text>
        ))}
      </div>
      <dl className={classes["facts"]}>
        {factsOf(plan).map(({ name, value }) => (
          <div key={name} className={classes["fact"]}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div className={classes["fact"]}>
          <dt>Size</dt>
          <SizeFact plan={plan} body={body} />
        </div>
      </dl>
      {plan.notes.length > 0 && (
        <List size="sm" spacing={4} aria-label="Notes" className={classes["notes"] ?? ""}>
          {plan.notes.map((note) => (
            <List.Item key={note}>{withNames(note, names)}</List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
