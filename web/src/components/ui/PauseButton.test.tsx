import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { JobProgress } from "@/components/ui/JobProgress";
import { PauseButton } from "@/components/ui/PauseButton";
import { makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";

const quiet = http.get(at("/api/v1/jobs/quiet-hours"), () =>
  HttpResponse.json({ hours: "0:00-24:00", are_now: true, end_at: null }),
);

it("runs a job that waits for the end of the quiet hours", async () => {
  const asked: string[] = [];
  const job = makeJob({ status: "queued" });
  server.use(
    quiet,
    http.post(at("/api/v1/jobs/:id/:call"), ({ params }) => {
      asked.push(String(params["call"]));
      return HttpResponse.json({ ...job, status: "running" });
    }),
  );
  renderInApp(
    <>
      <JobProgress job={job} />
      <PauseButton job={job} />
    </>,
  );
  await userEvent.click(await screen.findByRole("button", { name: "Run now" }));
  expect(screen.getByText("Waits: quiet hours all the time")).toBeDefined();
  await waitFor(() => expect(asked).toEqual(["resume"]));
});

it("pauses a job that runs, and one that does not wait for the end of the quiet hours", async () => {
  server.use(quiet);
  renderInApp(
    <>
      <JobProgress job={makeJob({ status: "queued" })} />
      <PauseButton job={makeJob()} />
      <PauseButton job={makeJob({ status: "queued", kind: "edit-videos" })} />
    </>,
  );
  await screen.findByText("Waits: quiet hours all the time");
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Pause" })).toHaveLength(2));
});
