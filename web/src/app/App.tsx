import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useLayoutEffect } from "react";

import { createQueryClient } from "@/app/queryClient";
import { router } from "@/app/router";
import { cssVariables, theme } from "@/app/theme";
import { LiveProvider } from "@/lib/live/LiveProvider";

const queryClient = createQueryClient();

export function App() {
  // The shell in `index.html` was shown until now.
  useLayoutEffect(() => document.getElementById("shell")?.remove(), []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
