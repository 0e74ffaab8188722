import { QueryClient } from "@tanstack/react-query";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";

import { keepPosition, keptPosition, sendKeptPositions } from "@/lib/keptPositions";
import { at, server } from "@/test/server";

const KEY = "stoat-ferret.positions";

interface Report {
  id: string;
  position_seconds: number;
  age_seconds: number;
}

function listen(status: (id: string) => number = () => 200): Report[] {
  const reports: Report[] = [];
  server.use(
    http.put(at("/api/v1/videos/:id/watch"), async ({ request, params }) => {
      const id = String(params["id"]);
      if (status(id) !== 200) return HttpResponse.json({ detail: "No." }, { status: status(id) });
      reports.push({ id, ...((await request.json()) as Omit<Report, "id">) });
      return HttpResponse.json({ position_seconds: 1, watched: false, watched_at: null });
    }),
  );
  return reports;
}

test("positions of earlier versions are sent as older than all others, in their order", async () => {
  localStorage.setItem(KEY, JSON.stringify({ a: 61.2, b: 7 }));
  expect(keptPosition("a")).toBe(61.2);
  keepPosition("c", 30);
  const reports = listen();
  await sendKeptPositions(new QueryClient());
  expect(reports.map(({ id, position_seconds }) => [id, position_seconds])).toEqual([["a", 61.2], ["b", 7], ["c", 30]]);
  const [a, b, c] = reports.map((one) => one.age_seconds);
  expect(a).toBeGreaterThan(b ?? NaN);
  expect(b).toBeGreaterThan(1e8);
  expect(c).toBeLessThan(60);
  expect(localStorage.getItem(KEY)).toBe("{}");
});

test("what cannot be sent stays, what has no video goes", async () => {
  localStorage.setItem(KEY, JSON.stringify({ gone: 10, a: 20, b: 30, rubbish: "x" }));
  listen((id) => (id === "gone" ? 404 : id === "a" ? 503 : 200));
  await sendKeptPositions(new QueryClient());
  expect(keptPosition("gone")).toBeNull();
  expect(keptPosition("a")).toBe(20);
  expect(keptPosition("b")).toBe(30);
});

test.each(["{", "null", "[1]", '{"a":"x"}', '{"a":-1}', '{"a":[null,5]}'])("%s is no position", async (rubbish) => {
  localStorage.setItem(KEY, rubbish);
  expect(keptPosition("a")).toBeNull();
  const reports = listen();
  await sendKeptPositions(new QueryClient());
  expect(reports).toEqual([]);
});
