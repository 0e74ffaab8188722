import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { EventStream } from "@/lib/live/eventStream";
import { openSharedStream } from "@/lib/live/sharedStream";
import { FakeEventSource } from "@/test/eventSource";
import { makeJob } from "@/test/jobs";
import { installFakeLocks } from "@/test/locks";

/** What a tab was told, in order, and its stream. */
interface Tab {
  told: string[];
  stream: EventStream;
}

let tabs: Tab[];

function openTab(): Tab {
  const told: string[] = [];
  const stream = openSharedStream({
    onOpen: (missed) => told.push(missed ? "open, missed some" : "open"),
    onJob: (job) => told.push(`job at ${job.progress}`),
    onLibrary: (change) => told.push(`library at ${change.done}`),
    onBreak: () => told.push("break"),
  });
  const tab = { told, stream };
  tabs.push(tab);
  return tab;
}

/** Wait until `expectation` holds, on a busy machine too. */
async function until(expectation: () => void): Promise<void> {
  await vi.waitFor(expectation, { timeout: 10_000 });
}

/** Wait until the tab was told all of `words`, and nothing else. */
async function wasTold(tab: Tab, ...words: string[]): Promise<void> {
  await until(() => expect(tab.told).toEqual(words));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"], shouldAdvanceTime: true });
  FakeEventSource.install();
  installFakeLocks();
  tabs = [];
});

afterEach(() => {
  tabs.forEach((tab) => tab.stream.close());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("opens one stream for all tabs, and tells each what it says", async () => {
  const [one, two] = [openTab(), openTab()];
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.send("job", makeJob({ progress: 0.5 }));
  FakeEventSource.last.send("library", { done: 3 });
  for (const tab of [one, two]) await wasTold(tab, "open", "job at 0.5", "library at 3");
  expect(FakeEventSource.opened).toHaveLength(1);
});

it("tells a tab that comes later how things are", async () => {
  openTab();
  FakeEventSource.last.onopen?.();
  await wasTold(openTab(), "open");
  FakeEventSource.last.onerror?.();
  await wasTold(openTab(), "break");
});

it("has another tab take over from one that closes, and all ask for what they missed", async () => {
  const [one, two, three] = [openTab(), openTab(), openTab()];
  FakeEventSource.last.onopen?.();
  await wasTold(three, "open");
  const first = FakeEventSource.last;
  one.stream.close();
  expect(first.closed).toBe(true);
  await until(() => expect(FakeEventSource.opened).toHaveLength(2));
  FakeEventSource.last.onopen?.();
  for (const tab of [two, three]) await wasTold(tab, "open", "open, missed some");
  FakeEventSource.last.send("job", makeJob({ progress: 0.7 }));
  await wasTold(three, "open", "open, missed some", "job at 0.7");
});

it("tells all when the stream breaks, and opens it again when any of them asks", async () => {
  const [one, two] = [openTab(), openTab()];
  FakeEventSource.last.onopen?.();
  await wasTold(two, "open");
  FakeEventSource.last.onerror?.();
  for (const tab of [one, two]) await wasTold(tab, "open", "break");
  two.stream.reopen();
  await until(() => expect(FakeEventSource.opened).toHaveLength(2));
  FakeEventSource.last.onopen?.();
  for (const tab of [one, two]) await wasTold(tab, "open", "break", "open");
});

it("does not trust a leader that has fallen silent", async () => {
  openTab();
  const two = openTab();
  await vi.advanceTimersByTimeAsync(20_000);
  await wasTold(two, "break");
  FakeEventSource.last.onopen?.();
  await wasTold(two, "break", "open");
  await vi.advanceTimersByTimeAsync(4000);
  expect(two.told).toEqual(["break", "open"]);
});

it("gives each tab its own stream where the browser cannot share one", () => {
  vi.stubGlobal("navigator", {});
  openTab();
  openTab();
  expect(FakeEventSource.opened).toHaveLength(2);
});
