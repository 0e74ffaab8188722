import { expect, test } from "vitest";

import { clipPointsOf, keepClipPoints, NO_POINTS } from "@/components/ui/clip/clipPoints";

test("points are kept for each video until they are cleared", () => {
  keepClipPoints("a", { inSeconds: 1.5, outSeconds: null });
  keepClipPoints("b", { inSeconds: null, outSeconds: 9 });
  expect(clipPointsOf("a", 60)).toEqual({ inSeconds: 1.5, outSeconds: null });
  expect(clipPointsOf("b", 60)).toEqual({ inSeconds: null, outSeconds: 9 });
  keepClipPoints("a", NO_POINTS);
  expect(clipPointsOf("a", 60)).toEqual(NO_POINTS);
  expect(clipPointsOf("b", null)).toEqual({ inSeconds: null, outSeconds: 9 });
});

test("points outside a video that has become shorter are dropped", () => {
  keepClipPoints("a", { inSeconds: 1, outSeconds: 50 });
  expect(clipPointsOf("a", 10)).toEqual({ inSeconds: 1, outSeconds: null });
});

test.each(['{"a":7}', '{"a":["x",-1]}', '{"a":[5,5]}', '{"a":[null,0]}', "[]", "{"])(
  "%s in the storage is no pair of points",
  (rubbish) => {
    localStorage.setItem("stoat-ferret.clip-points", rubbish);
    expect(clipPointsOf("a", 60)).toEqual(NO_POINTS);
  },
);
