import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, it } from "vitest";

import { PlaceSection } from "@/features/video/file/PlaceSection";
import { renderInApp } from "@/test/render";
import { at, server } from "@/test/server";
import { aVideo } from "@/test/videos";

const READ_ERROR = "It cannot be read (Input/output error). Check its permissions and its disk.";

beforeEach(() => {
  server.use(
    http.get(at("/api/v1/roots"), () =>
      HttpResponse.json({
        items: [],
        next_cursor: null,
        total: 0,
        default: false,
        output: { name: "renders", path: "/home/ada/renders" },
      }),
    ),
    http.get(at("/api/v1/jobs"), () => HttpResponse.json({ items: [], next_cursor: null, total: 0 })),
  );
});

it("says of a good video that its disk failed, and that what is shown is from before", async () => {
  renderInApp(<PlaceSection video={aVideo({ read_error: READ_ERROR, read_failed_at: new Date().toISOString() })} />);
  expect(await screen.findByText(READ_ERROR)).toBeTruthy();
  expect(screen.getByText(/The details shown are from an earlier read/)).toBeTruthy();
});

it("says it once of a file that never was read", async () => {
  const video = aVideo({ status: "bad", reason: READ_ERROR, read_error: READ_ERROR });
  renderInApp(<PlaceSection video={video} />);
  expect(await screen.findAllByText(READ_ERROR)).toHaveLength(1);
  expect(screen.getByText("Every scan retries it.")).toBeTruthy();
});

it("says of a time that is not kept on which side of it the file was changed", async () => {
  renderInApp(
    <PlaceSection video={aVideo({ modified_at: "2262-04-11T23:47:16Z", modified_at_clamped: true })} />,
  );
  expect(await screen.findByText(/^after .*2262/)).toBeTruthy();
});

it("knows the path of a rendered file, whose folder is not scanned", async () => {
  renderInApp(<PlaceSection video={aVideo({ root: "renders", path: "2026/cut.mp4" })} />);
  expect(await screen.findByText("/home/ada/renders/2026/cut.mp4")).toBeTruthy();
});
