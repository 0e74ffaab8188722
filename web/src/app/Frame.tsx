import { AppShell, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, useMemo, useState } from "react";

import { HelpButton } from "@/app/HelpButton";
import { LoadBoundary } from "@/app/LoadBoundary";
import { Navigation } from "@/app/Navigation";
import { Notices } from "@/app/Notices";
import { ScanButton } from "@/app/ScanButton";
import { ScanModal } from "@/app/scanDialog";
import { ThemeToggle } from "@/app/ThemeToggle";
import { useFocusOnNavigation } from "@/app/useFocusOnNavigation";
import { JobIndicator } from "@/features/jobs/JobIndicator";
import { TrayIndicator } from "@/features/render/TrayIndicator";
import { ShortcutSheet } from "@/features/shortcuts/ShortcutSheet";
import { DialogsContext, type Dialogs } from "@/lib/dialogs";
import { EVERYWHERE, useShortcuts } from "@/lib/shortcuts";

import classes from "@/app/Frame.module.css";

/** What is on every page: navigation, the jobs that run, dialogs, notices. */
export function Frame() {
  const navigate = useNavigate();
  const [scan, setScan] = useState<{ opened: boolean; path: string | null; used: boolean }>({
    opened: false,
    path: null,
    used: false,
  });
  const [shortcutsOpened, shortcuts] = useDisclosure(false);
  const dialogs = useMemo<Dialogs>(
    () => ({
      openScan: (path) => setScan({ opened: true, path: path ?? null, used: true }),
      openShortcuts: shortcuts.open,
    }),
    [shortcuts.open],
  );
  const closeScan = () => setScan((before) => ({ ...before, opened: false }));
  const everywhere = [
    { keys: "g l", label: "Go to the library", run: () => void navigate({ to: "/" }) },
    { keys: "g j", label: "Go to the jobs", run: () => void navigate({ to: "/jobs" }) },
    { keys: "g s", label: "Go to the settings", run: () => void navigate({ to: "/settings" }) },
    { keys: "s", label: "Scan a folder", run: () => dialogs.openScan() },
    { keys: "?", label: "Show the shortcuts", run: dialogs.openShortcuts },
  ];
  useShortcuts(everywhere.map((one) => ({ ...one, group: EVERYWHERE })));
  useFocusOnNavigation();

  return (
    <DialogsContext value={dialogs}>
      <a className="skip-link" href="#content">
        Skip to the content
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
      {scan.used && (
        <LoadBoundary what="the scan dialog" onClose={closeScan}>
          <Suspense>
            <ScanModal opened={scan.opened} initialPath={scan.path} onClose={closeScan} />
          </Suspense>
        </LoadBoundary>
      )}
      <ShortcutSheet opened={shortcutsOpened} onClose={shortcuts.close} />
    </DialogsContext>
  );
}
