import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import classes from "@/features/jobs/JobIndicator.module.css";
import { JobPopover } from "@/features/jobs/JobPopover";
import { makeJob } from "@/test/jobs";
import { renderInApp } from "@/test/render";

it("lays the button out as without what it opens", () => {
  renderInApp(<JobPopover jobs={[makeJob()]} fraction={0.5} opened={false} onOpen={() => undefined} />);
  const button = screen.getByRole("button", { name: "1 active job, 50%" });
  expect(button.classList).toContain(classes["button"]);
});
