import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { useState } from "react";
import { beforeEach, expect, it } from "vitest";

import type { Job } from "@/api/types";
import { ScanModal } from "@/features/scan/ScanModal";
import { storeJob } from "@/lib/live/jobCache";
import { isJobShown } from "@/lib/live/jobEnds";
import { makeEndedJob, makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

const root = { name: "Videos", path: "/home/ada/Videos", available: true };
let active: Job[];

beforeEach(() => {
  active = [];
  server.use(
    http.get(at("/api/v1/roots"), () =>
      HttpResponse.json({ items: [root], next_cursor: null, total: 1, default: false }),
    ),
    http.get(at("/api/v1/folders"), () =>
      HttpResponse.json({ items: [], next_cursor: null, total: 0, path: root.path, parent: null }),
    ),
    http.get(at("/api/v1/jobs"), ({ request }) => {
      const status = new URL(request.url).searchParams.get("status");
      const items = active.filter((job) => job.status === status);
      return HttpResponse.json({ items, next_cursor: null, total: items.length });
    }),
    http.get(at("/api/v1/jobs/:id"), () => HttpResponse.error()),
  );
});

function show() {
  return renderInApp(<ScanModal opened initialPath={null} onClose={() => undefined} />);
}

/** The same, closed at first. */
function showClosable() {
  let setOpened: (opened: boolean) => void = () => undefined;
  function Closable() {
    const [opened, set] = useState(false);
    setOpened = set;
    return <ScanModal opened={opened} initialPath={null} onClose={() => undefined} />;
  }
  const rendered = renderInApp(<Closable />);
  return { ...rendered, turn: (opened: boolean) => act(() => setOpened(opened)) };
}

it("shows the scan that goes on where it was opened before the jobs were known", async () => {
  active = [makeJob({ status: "running" })];
  server.use(http.get(at("/api/v1/jobs/:id"), () => HttpResponse.json(active[0])));
  show();
  expect(screen.queryByRole("progressbar")).toBeNull();
  expect(await screen.findByRole("progressbar", { name: "Scan of Videos/holidays" })).toBeTruthy();
});

it("says that it is cancelling before the server has answered", async () => {
  server.use(
    http.post(at("/api/v1/scans"), () => HttpResponse.json(makeJob(), { status: 202 })),
    http.post(at("/api/v1/jobs/:id/cancel"), () => delay("infinite")),
  );
  const { queryClient } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Start scan" }));
  const bar = await screen.findByRole("progressbar", { name: "Scan of Videos/holidays" });
  expect(bar.getAttribute("aria-valuenow")).toBe("42");
  await userEvent.click(screen.getByRole("button", { name: "Cancel scan" }));
  expect(screen.getByRole("button", { name: "Cancelling…" })).toBeTruthy();
  storeJob(queryClient, makeEndedJob({ status: "cancelled", result: { added: 4, found: 9 } }));
  expect(await screen.findByText("Scan cancelled")).toBeTruthy();
});

it("shows what a scan that failed says, and tries again", async () => {
  const error = "The folder /home/ada/Videos cannot be read (no such file). Is its disk plugged in?";
  server.use(
    http.post(at("/api/v1/scans"), () =>
      HttpResponse.json(makeEndedJob({ status: "failed", error, result: null }), { status: 202 }),
    ),
    http.post(at("/api/v1/jobs/:id/retry"), () =>
      HttpResponse.json(makeJob({ id: "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e12", progress: 0.1 }), { status: 202 }),
    ),
  );
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Start scan" }));
  expect(await screen.findByText(error)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("10"));
});

it("says why a scan cannot be started", async () => {
  server.use(
    http.post(at("/api/v1/scans"), () =>
      HttpResponse.json(
        { type: "urn:stoat-ferret:problem:queue-closed", status: 503, detail: "The server is shutting down." },
        { status: 503, headers: { "content-type": "application/problem+json" } },
      ),
    ),
  );
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Start scan" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The server is shutting down.");
});

it("finds the scan again when it is opened again, and claims it only while it is open", async () => {
  const { queryClient, turn } = showClosable();
  storeJob(queryClient, makeJob());
  turn(true);
  expect(await screen.findByRole("progressbar", { name: "Scan of Videos/holidays" })).toBeTruthy();
  expect(isJobShown(makeJob().id)).toBe(true);
  turn(false);
  await waitFor(() => expect(isJobShown(makeJob().id)).toBe(false));
  turn(true);
  expect(await screen.findByRole("progressbar", { name: "Scan of Videos/holidays" })).toBeTruthy();
});
