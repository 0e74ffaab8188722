import { expect, test } from "vitest";

import { placeOf, sourceOf } from "@/features/collections/order";

const places = [0, 1, 2, 3, 4];

test.each(places.flatMap((from) => places.map((to) => [from, to] as const)))(
  "a row that moves from %i to %i is shown there, and the others in their order",
  (from, to) => {
    const moved = { id: "a", from, to };
    const expected = places.filter((place) => place !== from);
    expected.splice(to, 0, from);
    expect(places.map((index) => sourceOf(index, moved))).toEqual(expected);
    expect(expected.map((source) => placeOf(source, moved))).toEqual(places);
  },
);

test("nothing has moved", () => {
  expect(places.map((index) => sourceOf(index, null))).toEqual(places);
  expect(places.map((index) => placeOf(index, null))).toEqual(places);
});
