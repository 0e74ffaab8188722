import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, vi } from "vitest";

import { server } from "@/test/server";

// A busy machine is slow; waits end as soon as they succeed.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  cleanup();
  notifications.clean();
  notifications.cleanQueue();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());

// What Mantine needs and jsdom lacks.
vi.stubGlobal("ResizeObserver", class {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
});
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}));
Element.prototype.scrollIntoView = () => undefined;
