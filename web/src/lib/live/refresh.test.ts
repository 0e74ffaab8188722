import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";

import { refresh } from "@/lib/live/refresh";

/** A list that is shown; each answer is what was true when it was asked for, and is held back. */
function showList() {
  const queryClient = new QueryClient();
  const answers: (() => void)[] = [];
  const state = { total: 2 };
  const ask = () => {
    const { total } = state;
    return new Promise<number>((resolve) => answers.push(() => resolve(total)));
  };
  const observer = new QueryObserver(queryClient, { queryKey: ["videos"], queryFn: ask, staleTime: Infinity });
  observer.subscribe(() => undefined);
  return { queryClient, answers, state, shown: () => observer.getCurrentResult().data };
}

it("asks once more for what was answered before a change", async () => {
  const { queryClient, answers, state, shown } = showList();
  state.total = 3;
  void refresh(queryClient, ["videos"]);
  answers[0]?.();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  expect(shown()).toBe(2);
  answers[1]?.();
  await vi.waitFor(() => expect(shown()).toBe(3));
});

it("shows answers also while changes come faster than those", async () => {
  const { queryClient, answers, state, shown } = showList();
  for (let change = 0; change < 5; change += 1) {
    state.total += 1;
    void refresh(queryClient, ["videos"]);
  }
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await vi.waitFor(() => expect(shown()).toBe(2));
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.();
  await vi.waitFor(() => expect(shown()).toBe(7));
  expect(answers).toHaveLength(2);
});
