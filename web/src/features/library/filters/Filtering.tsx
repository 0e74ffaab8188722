import { Button, Drawer } from "@mantine/core";

import { FilterPanel } from "@/features/library/filters/FilterPanel";
import type { LibraryAddress } from "@/features/library/useLibrarySearch";
import { formatCounted } from "@/lib/format";

import classes from "@/features/library/filters/Filtering.module.css";

interface FilteringProps {
  address: LibraryAddress;
  total: number;
  isDrawer: boolean;
  onClose: () => void;
}

/** The filters: beside the list, or on a small screen in a drawer. */
export function Filtering({ address, total, isDrawer, onClose }: FilteringProps) {
  if (!isDrawer) {
    return (
      <aside className={classes["side"]} aria-label="Filters">
        <FilterPanel address={address} />
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
      // It is no header of the page.
      attributes={{ header: { role: "presentation" } }}
    >
      <FilterPanel address={address} />
      <div className={classes["done"]}>
        <Button fullWidth size="md" onClick={onClose}>
          Show {formatCounted(total, "video")}
        </Button>
      </div>
    </Drawer>
  );
}
