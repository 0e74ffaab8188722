import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { expect, it, vi } from "vitest";

import { RenameTagDialog } from "@/features/tags/RenameTagDialog";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

const sea = { id: 1, name: "sea", count: 3, missing: 1 };
const ocean = { id: 2, name: "Ocean", count: 12, missing: 0 };

it("says how many videos have the tag, and asks before it is merged into another", async () => {
  const bodies: unknown[] = [];
  server.use(
    http.patch(at("/api/v1/tags/1"), async ({ request }) => {
      const body = (await request.json()) as { merge: boolean };
      bodies.push(body);
      if (body.merge) return HttpResponse.json({ edited: 4, undo: "token" });
      const problem = { type: "urn:stoat-ferret:problem:tag-exists", detail: "There is already a tag 'Ocean'." };
      return HttpResponse.json(problem, { status: 409 });
    }),
    http.get(at("/api/v1/tags"), () => HttpResponse.json({ items: [ocean], next_cursor: null, total: 1 })),
  );
  const onClose = vi.fn();
  renderInApp(<RenameTagDialog tag={sea} onClose={onClose} />);
  expect(screen.getByText(/Used by 4 videos \(1 of them missing\)/)).toBeTruthy();
  const name = screen.getByRole("textbox", { name: "New name" });
  await userEvent.clear(name);
  await userEvent.type(name, "ocean");
  await userEvent.click(screen.getByRole("button", { name: "Rename" }));
  expect((await screen.findByRole("alert")).textContent).toContain("“Ocean”, used by 12 videos");
  expect(bodies).toEqual([{ name: "ocean", merge: false }]);
  await userEvent.click(screen.getByRole("button", { name: "Merge" }));
  expect(await screen.findByText("“Ocean” instead of “sea” on 4 videos.")).toBeTruthy();
  expect(bodies[1]).toEqual({ name: "Ocean", merge: true });
  expect(onClose).toHaveBeenCalledOnce();
});
