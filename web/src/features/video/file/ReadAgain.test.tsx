import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { ReadAgain } from "@/features/video/file/ReadAgain";
import { storeJob } from "@/lib/live/jobCache";
import { isJobShown } from "@/lib/live/jobEnds";
import { jobKinds, makeEndedJob, makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

const video = aVideo({ status: "bad", reason: "The file is empty." });
const params = { video_ids: [video.id] };
let asked: unknown[];

beforeEach(() => {
  asked = [];
  server.use(
    http.get(at("/api/v1/jobs"), () => HttpResponse.json({ items: [], next_cursor: null, total: 0 })),
    http.get(at("/api/v1/jobs/kinds"), () => HttpResponse.json({ items: jobKinds })),
    http.get(at("/api/v1/jobs/:id"), () => HttpResponse.json(makeJob({ params }))),
    http.post(at("/api/v1/videos/rescan"), async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(makeJob({ params }), { status: 202 });
    }),
  );
});

it("a file is read again, with its progress and what came of it", async () => {
  const { queryClient } = renderInApp(<ReadAgain video={video} />);
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect((await screen.findByRole("progressbar")).getAttribute("aria-valuenow")).toBe("42");
  expect(asked).toEqual([params]);
  expect(isJobShown(makeJob().id)).toBe(true);
  storeJob(queryClient, makeEndedJob({ params, result: { found: 1, failed: 1 } }));
  expect(await screen.findByText(/^Retried: .*1 unreadable/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Retry" })).toBeTruthy();
});

it("what another tab began is shown", async () => {
  const { queryClient } = renderInApp(<ReadAgain video={video} />);
  storeJob(queryClient, makeJob({ params: { video_ids: ["another"] } }));
  expect(screen.queryByRole("progressbar")).toBeNull();
  storeJob(queryClient, makeJob({ id: "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e99", params }));
  expect(await screen.findByRole("progressbar")).toBeTruthy();
});

it("a refusal is told in the server's words", async () => {
  const detail = "The server is shutting down. Try again when it is back.";
  server.use(
    http.post(at("/api/v1/videos/rescan"), () =>
      HttpResponse.json({ detail }, { status: 503, headers: { "content-type": "application/problem+json" } }),
    ),
  );
  renderInApp(<ReadAgain video={video} />);
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText(detail)).toBeTruthy();
});
