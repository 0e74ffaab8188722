"""Answers to queries that are kept until anything changes that they depend on."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from stoat_ferret.library.derived import library_version

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

_MOST = 200
"""The most answers that are kept. Each takes some kilobytes, unless it has a `size_bytes`."""
_MOST_BYTES = 16 * 2**20
"""The most bytes of all lists in answers."""
_NEVER_CHANGED = 0
_MISSING = object()
_VERSION = sa.select(library_version.c.number)


class KnownAnswers:
    """The answers for the state of the library that one transaction reads.

    Triggers of SQLite change `library_version` with the rows, whichever process changes them, and a
    transaction reads both in the same state: an answer is either that of this state, or computed.
    """

    def __init__(self, cache: AnswerCache | None = None, version: int | None = None) -> None:
        self._cache = cache
        self._version = version

    async def get(self, key: Hashable, compute: Callable[[], Awaitable[T]]) -> T:
        """Return the answer stored under `key`; compute and store it if there is none.

        It is shared: nobody may change it, but for `Places`, which may become more.
        """
        if self._cache is None or self._version is None:
            return await compute()
        found = self._cache.find(self._version, key)
        if found is not _MISSING:
            return found  # type: ignore[no-any-return]
        answer = await compute()
        self._cache.store(self._version, key, answer)
        return answer


class AnswerCache:
    """The answers for one state of the library, without those least recently used."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._size_bytes = 0

    async def at(self, connection: AsyncConnection) -> KnownAnswers:
        """Return the answers for the state that the transaction of `connection` reads."""
        if connection.dialect.name != "sqlite":
            return KnownAnswers()
        version = await connection.scalar(_VERSION)
        return KnownAnswers(self, _NEVER_CHANGED if version is None else version)

    def find(self, version: int, key: Hashable) -> Any:
        """Return an answer; a mark if there is none."""
        if version != self._version or key not in self._answers:
            return _MISSING
        self._answers.move_to_end(key)
        return self._answers[key]

    def store(self, version: int, key: Hashable, answer: object) -> None:
        """Store an answer; forget those for another state."""
        if version != self._version:
            self._version = version
            self._answers.clear()
            self._size_bytes = 0
        self._forget(key)
        self._answers[key] = answer
        self._size_bytes += _size_bytes(answer)
        while len(self._answers) > _MOST or self._size_bytes > _MOST_BYTES:
            self._forget(next(iter(self._answers)))

    def _forget(self, key: Hashable) -> None:
        if key in self._answers:
            self._size_bytes -= _size_bytes(self._answers.pop(key))


def _size_bytes(answer: object) -> int:
    return int(getattr(answer, "size_bytes", 0))
