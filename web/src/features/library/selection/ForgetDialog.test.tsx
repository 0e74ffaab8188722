import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { expect, test, vi } from "vitest";

import type { components } from "@/api/generated/schema";
import { ForgetDialog } from "@/features/library/selection/ForgetDialog";
import { filtersToSend } from "@/features/library/selection/selectedVideos";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

type Body = components["schemas"]["ForgetBody"];

function forgetting(found = 0): Body[] {
  const asked: Body[] = [];
  server.use(
    http.post(at("/api/v1/videos/forget"), async ({ request }) => {
      const body = (await request.json()) as Body;
      asked.push(body);
      const count = body.query ? found : body.ids.length;
      const forgotten = body.dry_run ? 0 : count;
      return HttpResponse.json({ count, annotated: 1, forgotten, undo: body.dry_run ? null : "token" });
    }),
  );
  return asked;
}

const ids = (count: number) => Array.from({ length: count }, (_, place) => `id-${place}`);

test("what is forgotten is counted first, and only as many go, with one undo for all parts", async () => {
  const asked = forgetting();
  const onForgotten = vi.fn();
  renderInApp(
    <ForgetDialog count={1500} which={{ video_ids: ids(1500) }} onForgotten={onForgotten} onClose={vi.fn()} />,
  );
  await screen.findByText(/^2 have a title/);
  expect(asked.map((body) => [body.dry_run, body.ids.length])).toEqual([
    [true, 1000],
    [true, 500],
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Remove 1,500 videos" }));
  await vi.waitFor(() => expect(onForgotten).toHaveBeenCalledWith({ count: 1500, undo: "token" }));
  const removed = asked.filter((body) => !body.dry_run);
  expect(removed.map((body) => [body.expected_count, body.undo])).toEqual([
    [1000, undefined],
    [500, "token"],
  ]);
});

test("a whole list is removed by its filters, however long it is", async () => {
  const asked = forgetting(100_000);
  const onForgotten = vi.fn();
  const which = { query: filtersToSend({ status: ["ok"] }) };
  renderInApp(<ForgetDialog count={99_000} which={which} onForgotten={onForgotten} onClose={vi.fn()} />);
  await userEvent.click(await screen.findByRole("button", { name: "Remove 100,000 videos" }));
  await vi.waitFor(() => expect(onForgotten).toHaveBeenCalledWith({ count: 100_000, undo: "token" }));
  expect(asked.at(-1)).toMatchObject({ query: which.query, expected_count: 100_000, dry_run: false });
});
