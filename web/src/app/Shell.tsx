import { AppShell, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";

import { ConnectionNotice } from "@/app/ConnectionNotice";
import { Navigation } from "@/app/Navigation";
import { ScanButton } from "@/app/ScanButton";
import { JobIndicator } from "@/features/jobs/JobIndicator";
import { TokenPrompt } from "@/features/session/TokenPrompt";
import { ShortcutSheet } from "@/features/shortcuts/ShortcutSheet";
import { DialogsContext, type Dialogs } from "@/lib/dialogs";
import { useShortcuts } from "@/lib/shortcuts";

import classes from "@/app/Shell.module.css";

const ScanModal = lazy(async () => {
  const module = await import("@/features/scan/ScanModal");
  return { default: module.ScanModal };
});

/** What is on every page: navigation, the jobs that run, dialogs. */
export function Shell() {
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
  useShortcuts([
    { keys: "g l", label: "Go to the library", run: () => void navigate({ to: "/" }) },
    { keys: "g j", label: "Go to the jobs", run: () => void navigate({ to: "/jobs" }) },
    { keys: "g s", label: "Go to the settings", run: () => void navigate({ to: "/settings" }) },
    { keys: "s", label: "Scan a folder", run: () => dialogs.openScan() },
    { keys: "?", label: "Show the shortcuts", run: dialogs.openShortcuts },
  ]);

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
              <ScanButton />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Main id="content" tabIndex={-1} className={classes["content"]}>
          <ConnectionNotice />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Suspense>
        {scan.used && (
          <ScanModal
            opened={scan.opened}
            initialPath={scan.path}
            onClose={() => setScan((before) => ({ ...before, opened: false }))}
          />
        )}
      </Suspense>
      <ShortcutSheet opened={shortcutsOpened} onClose={shortcuts.close} />
      <TokenPrompt />
    </DialogsContext>
  );
}
