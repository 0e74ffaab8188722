import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { Facts } from "@/features/video/info/Facts";

test("what is long scrolls, also by keyboard, and what is short does not", () => {
  const facts = [
    { name: "Comment", value: "long ".repeat(600) },
    { name: "Artist", value: "Ada" },
  ];
  render(<Facts facts={facts} />);
  expect(screen.getByRole("region", { name: "Comment" }).tabIndex).toBe(0);
  expect(screen.queryByRole("region", { name: "Artist" })).toBeNull();
});
