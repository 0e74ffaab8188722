import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { RetryButton } from "@/features/library/grid/RetryButton";
import { makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

const none = { items: [], next_cursor: null, total: 0 };

it("has this one file read again", async () => {
  const asked: unknown[] = [];
  server.use(
    http.get(at("/api/v1/jobs"), () => HttpResponse.json(none)),
    http.post(at("/api/v1/videos/rescan"), async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(makeJob(), { status: 202 });
    }),
  );
  const video = aVideo({ status: "bad", reason: "The file is empty." });
  renderInApp(<RetryButton video={video} />);
  await userEvent.click(screen.getByRole("button", { name: "Retry beach.mp4" }));
  await waitFor(() => expect(asked).toEqual([{ video_ids: [video.id] }]));
});

it("says why it was not read again", async () => {
  const detail = "The server is shutting down.";
  server.use(
    http.get(at("/api/v1/jobs"), () => HttpResponse.json(none)),
    http.post(at("/api/v1/videos/rescan"), () =>
      HttpResponse.json({ detail }, { status: 503, headers: { "content-type": "application/problem+json" } }),
    ),
  );
  renderInApp(<RetryButton video={aVideo()} />);
  await userEvent.click(screen.getByRole("button", { name: "Retry beach.mp4" }));
  expect(await screen.findByText(detail)).toBeTruthy();
});
