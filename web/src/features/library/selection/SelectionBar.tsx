import { ActionIcon, Button, Paper } from "@mantine/core";
import {
  IconHeart,
  IconHeartFilled,
  IconMovie,
  IconPhotoScan,
  IconPlaylistAdd,
  IconRefresh,
  IconTag,
  IconTrash,
  IconX,
} from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";

import { RateMenu } from "@/features/library/selection/RateMenu";
import { listParts, MOST_UNASKED } from "@/features/library/selection/selectedVideos";
import type { SelectionControl } from "@/features/library/selection/useSelection";
import { useBulkActions } from "@/features/library/selection/useBulkActions";
import type { Filters } from "@/features/library/librarySearch";
import type { Video, VideoQuery } from "@/api/types";
import { formatCount } from "@/lib/format";
import { MOST_CLIPS, useRenderDraft } from "@/lib/renderDraft";
import { useShortcuts } from "@/lib/shortcuts";
import { useDialogAddress } from "@/lib/useDialogAddress";

import classes from "@/features/library/selection/SelectionBar.module.css";

const TagDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/TagDialog")).TagDialog,
}));
const ForgetDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/ForgetDialog")).ForgetDialog,
}));

const RenderDialog = lazy(async () => ({
  default: (await import("@/components/ui/clip/RenderDialog")).RenderDialog,
}));
const RateDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/RateDialog")).RateDialog,
}));

const CollectionDialog = lazy(async () => ({
  default: (await import("@/components/ui/collections/CollectionDialog")).CollectionDialog,
}));

const FavouriteDialog = lazy(async () => ({
  default: (await import("@/features/library/selection/FavouriteDialog")).FavouriteDialog,
}));

type BarDialog = "tags" | "favourite" | "collection" | "forget" | "rate" | "render";

interface SelectionBarProps {
  control: SelectionControl;
  filters: Filters;
  query: VideoQuery;
  total: number;
}

/** The actions for the selected videos. */
export function SelectionBar({ control, filters, query, total }: SelectionBarProps) {
  const { dialog, open, close } = useDialogAddress();
  // Going forward reopens the dialog of this selection, not of an earlier one.
  const [opened, setOpened] = useState<BarDialog | null>(null);
  // The selection has the videos as they were when they were picked.
  const [known, setFavoured] = useState<ReadonlyMap<string, boolean>>(new Map());
  const favoured = (video: Video) => known.get(video.id) ?? video.favourite;
  const [rating, setRating] = useState<number | null>(null);
  const shown = dialog?.name === opened ? opened : null;
  const show = (name: BarDialog) => {
    setOpened(name);
    open({ name });
  };
  useEffect(() => {
    if (shown === null) return;
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [shown]);
  const gathered = useRenderDraft().clips.length;
  const actions = useBulkActions(control, filters, query, total);
  const { selection } = control;
  const count = selection.kind === "all" ? total : selection.videos.size;

  function render() {
    if (gathered > 0 || count > MOST_CLIPS) show("render");
    else void actions.render("add");
  }

  function rate(chosen: number | null) {
    if (count <= MOST_UNASKED) {
      void actions.rate(chosen);
      return;
    }
    setRating(chosen);
    show("rate");
  }

  // By the same key again they are what they were.
  const favourite = selection.kind === "all" || [...selection.videos.values()].some((video) => !favoured(video));
  function favour() {
    if (count > MOST_UNASKED) {
      show("favourite");
      return;
    }
    void actions.favour(favourite);
    if (selection.kind === "some") setFavoured(new Map([...selection.videos.keys()].map((id) => [id, favourite])));
  }
  useShortcuts([{ keys: "h", label: "Add the selected videos to favourites, or remove them", run: favour }]);

  const others = [
    {
      label: favourite ? "Add to favourites" : "Remove from favourites",
      Icon: favourite ? IconHeart : IconHeartFilled,
      run: favour,
    },
    { label: "Create preview thumbnails", Icon: IconPhotoScan, run: () => void actions.makeStoryboards() },
    { label: "Rescan files", Icon: IconRefresh, run: () => void actions.rescan() },
    { label: "Remove from library", Icon: IconTrash, run: () => show("forget") },
  ];

  return (
    <>
      <Paper className={classes["bar"]} withBorder shadow="lg" role="toolbar" aria-label="Selected videos">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Clear selection" onClick={control.clear}>
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
            onClick={() => show("tags")}
          >
            Tags
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlaylistAdd size={16} aria-hidden />}
            onClick={() => show("collection")}
          >
            Collection
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconMovie size={16} aria-hidden />}
            onClick={render}
          >
            Render…
          </Button>
          {count > 1 && (
            <Button variant="default" size="compact-sm" onClick={actions.renderEach}>
              Render each…
            </Button>
          )}
          <RateMenu onRate={rate} />
          {others.map(({ label, Icon, run }) => (
            <ActionIcon key={label} variant="default" size={30} aria-label={label} title={label} onClick={run}>
              <Icon size={18} aria-hidden />
            </ActionIcon>
          ))}
        </span>
      </Paper>
      <Suspense>
        {shown === "tags" && (
          <TagDialog
            count={count}
            selection={selection}
            onSave={actions.tag}
            onClose={close}
          />
        )}
        {shown === "collection" && (
          <CollectionDialog count={count} parts={listParts(actions.which, query)} onAdded={control.clear} onClose={close} />
        )}
        {shown === "rate" && (
          <RateDialog count={count} rating={rating} onRate={() => void actions.rate(rating)} onClose={close} />
        )}
        {shown === "favourite" && (
          <FavouriteDialog
            count={count}
            favourite={favourite}
            onChange={() => void actions.favour(favourite)}
            onClose={close}
          />
        )}
        {shown === "render" && (
          <RenderDialog
            count={count}
            before={gathered}
            onRender={(how) => void actions.render(how)}
            onClose={close}
          />
        )}
        {shown === "forget" && (
          <ForgetDialog
            which={actions.which}
            count={count}
            onForgotten={actions.forgotten}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}
