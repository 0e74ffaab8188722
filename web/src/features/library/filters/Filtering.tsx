import { Button, Drawer, Stack } from "@mantine/core";

import { FilterPanel } from "@/features/library/filters/FilterPanel";
import { SavedSearches } from "@/features/library/saved/SavedSearches";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { formatCounted } from "@/lib/format";

import classes from "@/features/library/LibraryPage.module.css";

interface FilteringProps {
  address: LibraryAddress;
  total: number;
  isDrawer: boolean;
  onClose: () => void;
}

/** The filters: beside the list, or in a drawer on a small screen. */
export function Filtering({ address, total, isDrawer, onClose }: FilteringProps) {
  const panel = (
    <Stack gap="lg">
      <SavedSearches address={address} />
      <FilterPanel address={address} />
    </Stack>
  );
  if (!isDrawer) {
    return (
      <aside className={classes["filters"]} aria-label="Filters">
        {panel}
      </aside>
    );
  }
  return (
    <Drawer
      opened
      onClose={onClose}
      title="Filters"
      position="bottom"
      size="85%"
      closeButtonProps={{ "aria-label": "Close the filters" }}
      // It is not a header of the page.
      attributes={{ header: { role: "presentation" } }}
    >
      {panel}
      <div className={classes["filtersDone"]}>
        <Button fullWidth size="md" onClick={onClose}>
          Show {formatCounted(total, "video")}
        </Button>
      </div>
    </Drawer>
  );
}
