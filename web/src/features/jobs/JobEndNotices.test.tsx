import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { JobEndNotices } from "@/features/jobs/JobEndNotices";
import { storeJob } from "@/lib/live/jobCache";
import { useShownJob } from "@/lib/live/jobEnds";
import { makeEndedJob, makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";

const other = "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e99";
const unasked = "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e98";

function Shown({ id }: { id: string }) {
  useShownJob(id);
  return null;
}

it("tells of each job that ends, but not of one whose end is on screen or that a change started", async () => {
  const { queryClient } = renderInApp(
    <>
      <Shown id={makeJob().id} />
      <JobEndNotices />
    </>,
  );
  const params = { root: "Videos", folder: "a", parts: [{ folder: "a", recursive: false }] };
  storeJob(queryClient, makeJob({ id: unasked, params }));
  storeJob(queryClient, makeEndedJob({ id: unasked, params }));
  for (const id of [makeJob().id, other]) {
    storeJob(queryClient, makeJob({ id }));
    storeJob(queryClient, makeEndedJob({ id }));
  }
  expect(await screen.findByText("Scan of Videos/holidays finished")).toBeTruthy();
  expect(screen.getAllByRole("alert")).toHaveLength(1);
});
