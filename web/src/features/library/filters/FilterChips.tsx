import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { collectionQuery } from "@/api/collections";
import { chipsOf } from "@/features/library/filters/filterWords";
import type { Filters } from "@/features/library/librarySearch";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { shownName } from "@/lib/shownName";

import classes from "@/features/library/filters/FilterChips.module.css";

/** The active filters, each with a button that removes it. */
export function FilterChips({ address }: { address: LibraryAddress }) {
  const { collection } = address.search;
  const { data } = useQuery({ ...collectionQuery(collection ?? ""), enabled: collection !== undefined });
  const chips = chipsOf(address.search, data && shownName(data.name));
  if (chips.length === 0) return null;
  const names = Object.keys(address.search).filter((name) => name !== "q") as (keyof Filters)[];
  return (
    <ul className={classes["chips"]} aria-label="Active filters">
      {chips.map((chip) => (
        <li key={chip.key}>
          <button
            type="button"
            className={classes["chip"]}
            aria-label={`Remove filter ${chip.label}`}
            onClick={() => address.change(chip.without)}
          >
            <span>{chip.label}</span>
            <IconX size={14} aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => address.clear(names.filter((name) => !(["sort", "order", "view"] as string[]).includes(name)))}
        >
          Clear all
        </Button>
      </li>
    </ul>
  );
}
