import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { SearchBox } from "@/features/library/search/SearchBox";
import { renderInApp } from "@/test/render";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("searches when somebody rests, not with each letter", () => {
  const onSearch = vi.fn();
  renderInApp(<SearchBox q="" onSearch={onSearch} onLeave={vi.fn()} />);
  const box = screen.getByRole("searchbox");
  for (const text of ["b", "be", "bea", "beach "]) {
    fireEvent.change(box, { target: { value: text } });
    act(() => {
      vi.advanceTimersByTime(100);
    });
  }
  expect(onSearch).not.toHaveBeenCalled();
  act(() => {
    vi.advanceTimersByTime(100);
  });
  expect(onSearch.mock.calls).toEqual([["beach"]]);
});

it.each(["Enter", "ArrowDown"])("searches at once by %s, and goes to the results if it has searched", (key) => {
  const onSearch = vi.fn();
  const onLeave = vi.fn();
  const { unmount } = renderInApp(<SearchBox q="" onSearch={onSearch} onLeave={onLeave} />);
  const box = screen.getByRole("searchbox");
  fireEvent.change(box, { target: { value: "sea" } });
  fireEvent.keyDown(box, { key });
  expect(onSearch.mock.calls).toEqual([["sea"]]);
  expect(onLeave).not.toHaveBeenCalled();
  unmount();
  renderInApp(<SearchBox q="sea" onSearch={onSearch} onLeave={onLeave} />);
  fireEvent.keyDown(screen.getByRole("searchbox"), { key });
  expect(onLeave).toHaveBeenCalledOnce();
  expect(onSearch).toHaveBeenCalledOnce();
});
