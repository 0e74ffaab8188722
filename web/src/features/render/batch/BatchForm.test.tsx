import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw/http";
import { expect, test, vi } from "vitest";

import { BatchForm } from "@/features/render/batch/BatchForm";
import { makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

const preset = (name: string, title: string, options: string[]) => ({
  name,
  title,
  description: `Makes ${title}.`,
  kind: "video",
  container: "mp4",
  video_codec: null,
  audio_codec: null,
  options,
  choices: {},
  defaults: {},
});
const mute = {
  name: "mute",
  label: "Mute audio",
  group: "sound",
  is_advanced: false,
  type: "boolean",
  choices: null,
  default: false,
  minimum: null,
  maximum: null,
  unit: null,
  description: null,
};

function serve(answer: () => Response): unknown[] {
  const asked: unknown[] = [];
  server.use(
    http.get(at("/api/v1/presets/saved"), () => HttpResponse.json({ items: [] })),
    http.get(at("/api/v1/presets"), () =>
      HttpResponse.json({
        items: [preset("web-1080p", "Web 1080p", ["mute"]), preset("copy", "Copy", ["mute"])],
        options: [mute],
        output_folder: "/renders",
        hardware_encoders: [],
      }),
    ),
    http.post(at("/api/v1/renders/batch"), async ({ request }) => {
      asked.push(await request.json());
      return answer();
    }),
  );
  return asked;
}

test("one job renders each of the videos with the chosen preset, options and names", async () => {
  const job = makeJob({ kind: "render-batch" });
  const asked = serve(() => HttpResponse.json(job));
  const onStarted = vi.fn();
  renderInApp(<BatchForm batch={{ which: { video_ids: ["a", "b"] }, count: 2 }} onStarted={onStarted} />);
  await userEvent.click(await screen.findByRole("radio", { name: /^Copy/ }));
  await userEvent.click(screen.getByRole("switch", { name: "Mute audio" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Names" }), "{{video}-small");
  await userEvent.click(screen.getByRole("button", { name: "Render 2 videos" }));
  await vi.waitFor(() => expect(onStarted).toHaveBeenCalledWith(job));
  expect(asked).toEqual([
    { preset: "copy", options: { mute: true }, name: "{video}-small", video_ids: ["a", "b"] },
  ]);
});

test("a refusal is shown at its field", async () => {
  serve(() =>
    HttpResponse.json(
      {
        type: "urn:stoat-ferret:problem:render-refused",
        title: "Refused",
        status: 422,
        detail: "'{title}' in the name is no placeholder.",
        errors: [
          { location: "body.name", message: "'{title}' in the name is no placeholder.", code: "refused" },
        ],
      },
      { status: 422, headers: { "content-type": "application/problem+json" } },
    ),
  );
  renderInApp(<BatchForm batch={{ which: { video_ids: ["a"] }, count: 1 }} onStarted={vi.fn()} />);
  await userEvent.click(await screen.findByRole("button", { name: "Render 1 video" }));
  expect((await screen.findByRole("alert")).textContent).toBe("'{title}' in the name is no placeholder.");
  expect(screen.getByRole("textbox", { name: "Names" }).getAttribute("aria-invalid")).toBe("true");
});
