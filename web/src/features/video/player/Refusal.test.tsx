import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { Refusal } from "@/features/video/player/Refusal";
import { renderInApp } from "@/test/render";
import { aVideo } from "@/test/videos";

it("says why it does not play, in the words of the server", () => {
  const reason = "Browsers do not play AVI files.";
  renderInApp(
    <Refusal video={aVideo({ playable: { as_is: false, mime_type: null, reason } })} onInsist={vi.fn()} />,
  );
  expect(screen.getByText(reason)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Play anyway" })).toBeTruthy();
});

it("says what was wrong with a file that could not be read", () => {
  const video = aVideo({ status: "bad", playable: null, stream_url: null, reason: "The file is empty." });
  renderInApp(<Refusal video={video} onInsist={vi.fn()} />);
  expect(screen.getByText("The file is empty.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Play anyway" })).toBeNull();
});
