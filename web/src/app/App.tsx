import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useLayoutEffect } from "react";

import { createQueryClient } from "@/app/queryClient";
import { router } from "@/app/router";
import { cssVariables, theme } from "@/app/theme";
import { LiveProvider } from "@/lib/live/LiveProvider";

/** Loaded after the page, which shows no notice at first. */
const NotificationList = lazy(async () => ({ default: (await import("@/app/NotificationList")).NotificationList }));

const queryClient = createQueryClient();

export function App() {
  // The shell in `index.html` was shown until now.
  useLayoutEffect(() => document.getElementById("shell")?.remove(), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <Suspense>
            <NotificationList />
          </Suspense>
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
