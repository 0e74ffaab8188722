"""The roots in use, which people may change while a server runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stoat_ferret.library.video import Root


class RootList(Sequence["Root"]):
    """The roots in use at the moment when they are read; a loop goes through those of its start.

    Copy it into a tuple to read it twice.
    """

    def __init__(self, roots: Iterable[Root] = ()) -> None:
        self._roots = tuple(roots)

    def replace(self, roots: Iterable[Root]) -> None:
        """Put others in their place."""
        self._roots = tuple(roots)

    @property
    def now(self) -> tuple[Root, ...]:
        """The roots at this moment."""
        return self._roots

    @overload
    def __getitem__(self, index: int) -> Root: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Root]: ...
    def __getitem__(self, index: int | slice) -> Root | Sequence[Root]:
        return self.now[index]

    def __len__(self) -> int:
        return len(self.now)

    def __iter__(self) -> Iterator[Root]:
        return iter(self.now)


class RootListWith(RootList):
    """The roots of another list and a further one, unless that is among them."""

    def __init__(self, others: RootList, further: Root) -> None:
        super().__init__()
        self._others = others
        self._further = further

    @property
    def now(self) -> tuple[Root, ...]:
        """The roots at this moment."""
        others = self._others.now
        return others if self._further in others else (*others, self._further)
