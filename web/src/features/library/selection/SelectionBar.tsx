import { ActionIcon, Button, Menu, Paper } from "@mantine/core";
import {
  IconDots,
  IconPhotoScan,
  IconRefresh,
  IconStar,
  IconTag,
  IconTrash,
  IconX,
} from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import type { SelectionControl } from "@/features/library/selection/useSelection";
import { useBulkActions } from "@/features/library/selection/useBulkActions";
import type { Filters } from "@/features/library/librarySearch";
import type { VideoQuery } from "@/api/types";
import { formatCount } from "@/lib/format";

import classes from "@/features/library/selection/SelectionBar.module.css";

const TagDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/TagDialog")).TagDialog,
}));
const ForgetDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/ForgetDialog")).ForgetDialog,
}));

interface SelectionBarProps {
  control: SelectionControl;
  filters: Filters;
  query: VideoQuery;
  total: number;
}

/** What can be done with all that is selected. */
export function SelectionBar({ control, filters, query, total }: SelectionBarProps) {
  const [dialog, setDialog] = useState<"tags" | "forget" | null>(null);
  const actions = useBulkActions(control, filters, query, total);
  const { selection } = control;
  const count = selection.kind === "all" ? total : selection.videos.size;

  return (
    <>
      <Paper className={classes["bar"]} withBorder shadow="lg" role="toolbar" aria-label="Selected videos">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Select none" onClick={control.clear}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
        <span className={classes["count"]} role="status">
          {formatCount(count)} selected
        </span>
        {selection.kind === "some" && count < total && (
          <Button variant="subtle" size="compact-sm" onClick={control.selectAll}>
            Select all {formatCount(total)}
          </Button>
        )}
        <span className={classes["actions"]}>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconTag size={16} aria-hidden />}
            onClick={() => setDialog("tags")}
          >
            Tags
          </Button>
          <Menu position="top" withinPortal>
            <Menu.Target>
              <Button variant="default" size="compact-sm" leftSection={<IconStar size={16} aria-hidden />}>
                Rate
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {[5, 4, 3, 2, 1].map((rating) => (
                <Menu.Item key={rating} onClick={() => void actions.rate(rating)}>
                  {"★".repeat(rating)} <span className={classes["hidden"]}>{rating} of 5</span>
                </Menu.Item>
              ))}
              <Menu.Item onClick={() => void actions.rate(null)}>No rating</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Menu position="top-end" withinPortal>
            <Menu.Target>
              <ActionIcon variant="default" size={26} aria-label="More">
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconPhotoScan size={16} aria-hidden />}
                onClick={() => void actions.makeStrips()}
              >
                Make contact strips
              </Menu.Item>
              <Menu.Item
                leftSection={<IconRefresh size={16} aria-hidden />}
                onClick={() => void actions.rescan()}
              >
                Read the files again
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => setDialog("forget")}
              >
                Forget…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      </Paper>
      <Suspense>
        {dialog === "tags" && (
          <TagDialog
            count={count}
            selection={selection}
            onSave={actions.tag}
            onClose={() => setDialog(null)}
          />
        )}
        {dialog === "forget" && (
          <ForgetDialog
            findIds={actions.findIds}
            count={count}
            onForgotten={actions.forgotten}
            onClose={() => setDialog(null)}
          />
        )}
      </Suspense>
    </>
  );
}
