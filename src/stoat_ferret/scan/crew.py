"""Several readers at a time over pages of files, and what they learn saved in batches."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from stoat_ferret.database import finish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from stoat_ferret.library.video import FoundFile
    from stoat_ferret.scan.progress_meter import ProgressMeter

_PAGE_SIZE = 500
_BATCH_SIZE = 100
_FLUSH_SECONDS = 0.5

T = TypeVar("T")


class Pages(Protocol):
    """Gives the next files, at most `limit`, after the path that was the last."""

    def __call__(self, *, after: str | None, limit: int) -> Awaitable[list[FoundFile]]: ...


class Work(Protocol[T]):
    """What is done with the files."""

    async def read(self, file: FoundFile) -> T:
        """Learn what is to be learnt of one file."""
        ...

    async def save(self, batch: Sequence[T]) -> None:
        """Keep what was learnt of several."""
        ...


@dataclass(slots=True, kw_only=True)
class Crew(Generic[T]):
    """Has each file of `pages` read, `concurrency` of them at a time.

    What was read is saved within half a second, and also when `run` is cancelled.
    """

    pages: Pages
    work: Work[T]
    concurrency: int
    meter: ProgressMeter
    report: Callable[[str], None]
    should_stop: Callable[[], bool]
    _page: list[FoundFile] = field(default_factory=list)
    _after: str | None = None
    _paging: asyncio.Lock = field(default_factory=asyncio.Lock)
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unsaved: list[T] = field(default_factory=list)

    async def run(self) -> None:
        """Until all is read, or `should_stop` says so."""
        try:
            async with asyncio.TaskGroup() as tasks:
                flusher = tasks.create_task(self._flush_regularly())
                readers = [tasks.create_task(self._work()) for _ in range(self.concurrency)]
                await asyncio.wait(readers)
                flusher.cancel()
        finally:
            await finish(self._flush())

    async def _work(self) -> None:
        while not self.should_stop() and (file := await self._next_file()) is not None:
            self.report(file.path)
            self._unsaved.append(await self.work.read(file))
            self.meter.advance()
            self.report(file.path)
            if len(self._unsaved) >= _BATCH_SIZE:
                await finish(self._flush())

    async def _next_file(self) -> FoundFile | None:
        async with self._paging:
            if not self._page:
                self._page = await self.pages(after=self._after, limit=_PAGE_SIZE)
                if not self._page:
                    return None
                self._after = self._page[-1].path
                self._page.reverse()
            return self._page.pop()

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await finish(self._flush())

    async def _flush(self) -> None:
        async with self._saving:
            batch = self._unsaved[:]
            if batch:
                await self.work.save(batch)
                del self._unsaved[: len(batch)]
