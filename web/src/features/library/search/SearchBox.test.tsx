import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { SearchBox } from "@/features/library/search/SearchBox";
import { renderInApp } from "@/test/render";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("searches when somebody rests, not with each letter", () => {
  const onSearch = vi.fn();
  renderInApp(<SearchBox q="" onSearch={onSearch} />);
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
