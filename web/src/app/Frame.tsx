import { AppShell, Group } from "@mantine/core";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

import { Dialogs } from "@/app/Dialogs";
import { HelpButton } from "@/app/HelpButton";
import { Navigation } from "@/app/Navigation";
import { Notices } from "@/app/Notices";
import { ScanButton } from "@/app/ScanButton";
import { ThemeToggle } from "@/app/ThemeToggle";
import { useDialogAddress } from "@/lib/useDialogAddress";
import { useFocusOnNavigation } from "@/app/useFocusOnNavigation";
import { useSendKeptPositions } from "@/app/useSendKeptPositions";
import { JobIndicator } from "@/features/jobs/JobIndicator";
import { TrayIndicator } from "@/features/render/TrayIndicator";
import { DialogsContext, type Dialogs as Openers } from "@/lib/dialogs";
import { EVERYWHERE, useShortcuts } from "@/lib/shortcuts";

import classes from "@/app/Frame.module.css";

/** The frame of every page: navigation, active jobs, dialogs, notices. */
export function Frame() {
  const navigate = useNavigate();
  const { dialog, open, close } = useDialogAddress();
  const dialogs = useMemo<Openers>(
    () => ({
      openScan: (path) => open({ name: "scan", path: path ?? null }),
      openShortcuts: () => open({ name: "shortcuts" }),
    }),
    [open],
  );
  const everywhere = [
    { keys: "g l", label: "Go to the library", run: () => void navigate({ to: "/" }) },
    { keys: "g j", label: "Go to the jobs", run: () => void navigate({ to: "/jobs" }) },
    { keys: "g s", label: "Go to the settings", run: () => void navigate({ to: "/settings" }) },
    { keys: "s", label: "Scan a folder", run: () => dialogs.openScan() },
    { keys: "?", label: "Show keyboard shortcuts", run: dialogs.openShortcuts },
  ];
  useShortcuts(everywhere.map((one) => ({ ...one, group: EVERYWHERE })));
  useFocusOnNavigation();
  useSendKeptPositions();

  return (
    <DialogsContext value={dialogs}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <AppShell header={{ height: "var(--page-header-height)" }} padding={0}>
        <AppShell.Header>
          <Group className={classes["header"]} gap="xs" wrap="nowrap">
            <Navigation />
            <Group className={classes["tools"]} gap="xs" wrap="nowrap">
              <JobIndicator />
              <TrayIndicator />
              <HelpButton />
              <ThemeToggle />
              <ScanButton />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Main id="content" tabIndex={-1} className={classes["content"]}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Notices />
      <Dialogs dialog={dialog} onClose={close} />
    </DialogsContext>
  );
}
