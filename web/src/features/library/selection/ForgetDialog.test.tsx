import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { expect, test, vi } from "vitest";

import type { components } from "@/api/generated/schema";
import { ForgetDialog } from "@/features/library/selection/ForgetDialog";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

type Body = components["schemas"]["ForgetBody"];

function forgetting(): Body[] {
  const asked: Body[] = [];
  server.use(
    http.post(at("/api/v1/videos/forget"), async ({ request }) => {
      const body = (await request.json()) as Body;
      asked.push(body);
      const count = body.ids.length;
      return HttpResponse.json({ count, annotated: 1, forgotten: body.dry_run ? 0 : count });
    }),
  );
  return asked;
}

const ids = (count: number) => Array.from({ length: count }, (_, place) => `id-${place}`);

test("what is forgotten is counted first, and only as many go", async () => {
  const asked = forgetting();
  const onForgotten = vi.fn();
  renderInApp(
    <ForgetDialog count={1500} findIds={() => Promise.resolve(ids(1500))} onForgotten={onForgotten} onClose={vi.fn()} />,
  );
  await screen.findByText(/^2 have a title/);
  expect(asked.map((body) => [body.dry_run, body.ids.length])).toEqual([
    [true, 1000],
    [true, 500],
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Remove 1,500 videos" }));
  await vi.waitFor(() => expect(onForgotten).toHaveBeenCalledWith(1500));
  expect(asked.slice(2).map((body) => body.expected_count)).toEqual([1000, 500]);
});

test("of more than go at once the true number is said, and that the rest is left", async () => {
  forgetting();
  renderInApp(
    <ForgetDialog count={25_000} findIds={() => Promise.resolve(ids(20_000))} onForgotten={vi.fn()} onClose={vi.fn()} />,
  );
  await screen.findByText(/^20 have a title/);
  expect(screen.getByRole("dialog", { name: "Remove 20,000 videos from the library?" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Remove 20,000 videos" })).toBeTruthy();
  expect(screen.getByText(/the first 20,000 of 25,000/)).toBeTruthy();
});
