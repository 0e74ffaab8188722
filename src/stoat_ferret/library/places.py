"""Known places in a long list, from which its pages are found without reading all before them."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stoat_ferret.library.query import MAX_OFFSET

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.query import SortKey

_STEP = 25_000
"""The most rows that are passed over between two places, if each has to be looked at."""
_MOST = 500
"""The most places of a list that are kept."""


class Place(NamedTuple):
    """A row of a list: the number of rows before it, its sort key and its number.

    The end of a list has no number, nor has what is before its first row, at -1.
    """

    offset: int
    key: SortKey | None = None
    number: int | None = None


class Places:
    """The places of one list that are known."""

    def __init__(self) -> None:
        self._known: list[Place] = []

    def add(self, place: Place) -> None:
        """Add a place, unless it is known."""
        if len(self._known) >= _MOST:
            return
        index = bisect_left(self._known, place.offset, key=lambda one: one.offset)
        if index == len(self._known) or self._known[index].offset != place.offset:
            insort(self._known, place, key=lambda one: one.offset)

    def around(self, first: int, end: int, total: int) -> tuple[Place, Place]:
        """Return the last place before the row at `first`, and the first one from `end` on."""
        index = bisect_left(self._known, first, key=lambda one: one.offset)
        before = self._known[index - 1] if index else Place(-1)
        index = bisect_left(self._known, end, key=lambda one: one.offset)
        return before, self._known[index] if index < len(self._known) else Place(total)


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """The rows of a list; `after` and `before` select `sort_key` and `number` from a place on.

    Both begin with the row next to the place, and neither contains the place. `step` is the most
    rows that are passed over without adding a place: comparing each with a place takes twice the
    time of counting entries of an index.
    """

    connection: AsyncConnection
    after: Callable[[Place], sa.Select[tuple[SortKey, int]]]
    before: Callable[[Place], sa.Select[tuple[SortKey, int]]]
    step: int

    @staticmethod
    def step_of(*, has_filters: bool) -> int:
        """Return the step for a list with filters, or without."""
        return _STEP if has_filters else MAX_OFFSET

    async def numbers(self, first: int, end: int, total: int, places: Places) -> Sequence[int]:
        """Return the numbers of the rows from `first` to `end`; add places on the way to them."""
        last, following = places.around(first, end, total)
        if first - last.offset <= following.offset - end + 1:
            return await self._forward(last, first, end, places)
        return await self._backward(following, first, end, places)

    async def _forward(self, place: Place, first: int, end: int, places: Places) -> Sequence[int]:
        while first - place.offset > self.step:
            row = await self._row(self.after(place), self.step - 1)
            place = Place(place.offset + self.step, row.sort_key, row.number)
            places.add(place)
        page = self.after(place).offset(first - place.offset - 1).limit(end - first)
        rows = (await self.connection.execute(page)).all()
        places.add(Place(end - 1, rows[-1].sort_key, rows[-1].number))
        return [row.number for row in rows]

    async def _backward(self, place: Place, first: int, end: int, places: Places) -> Sequence[int]:
        while place.offset - end > self.step:
            row = await self._row(self.before(place), self.step - 1)
            place = Place(place.offset - self.step, row.sort_key, row.number)
            places.add(place)
        page = self.before(place).offset(place.offset - end).limit(end - first)
        rows = (await self.connection.execute(page)).all()
        places.add(Place(first, rows[-1].sort_key, rows[-1].number))
        return [row.number for row in rows]

    async def _row(
        self, rows: sa.Select[tuple[SortKey, int]], skipped: int
    ) -> sa.Row[tuple[SortKey, int]]:
        return (await self.connection.execute(rows.offset(skipped).limit(1))).one()
