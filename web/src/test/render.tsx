import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactElement } from "react";
import { vi } from "vitest";

import { DialogsContext, type Dialogs } from "@/lib/dialogs";

interface Rendered extends RenderResult {
  queryClient: QueryClient;
  dialogs: Dialogs;
}

/** Renders `element` inside the app's providers, with a router but no routes, and without retries. */
export function renderInApp(element: ReactElement): Rendered {
  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, networkMode: "always" } },
  });
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  const dialogs: Dialogs = { openScan: vi.fn(), openShortcuts: vi.fn() };
  const rendered = render(
    <MantineProvider env="test">
      <QueryClientProvider client={queryClient}>
        <DialogsContext value={dialogs}>
          <Notifications />
          <RouterContextProvider router={router}>{element}</RouterContextProvider>
        </DialogsContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...rendered, queryClient, dialogs };
}
