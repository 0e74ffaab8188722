"""Files read by several readers: each once, whatever a reader gives back."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.library.video import FoundFile
from stoat_ferret.media.libav_calls import EACH_SECONDS
from stoat_ferret.scan.reading import BatchReader
from stoat_ferret.scan.result import ProgressMeter, ScanPhase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Container, Sequence

FILES = [FoundFile(f"{number:04d}.mp4", 1, 1) for number in range(700)]


@dataclass
class Reading:
    """Reads at most `most` files of those that it is given, and no more after a slow one."""

    most: int
    slow: Container[FoundFile] = ()
    given: list[int] = field(default_factory=list)
    readers: list[object] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    async def read(self, files: Sequence[FoundFile]) -> AsyncGenerator[str, None]:
        self.given.append(len(files))
        for file in files[: self.most]:
            await asyncio.sleep(2 * EACH_SECONDS if file in self.slow else 0)
            self.readers.append(asyncio.current_task())
            assert self.reported[-1]
            yield file.path
            if file in self.slow:
                return

    async def save(self, batch: Sequence[str]) -> None:
        self.saved += batch


def _reader(work: Reading, *, files: int = len(FILES), **stop: int) -> BatchReader[str]:
    async def pages(*, after: str | None, limit: int) -> list[FoundFile]:
        await asyncio.sleep(0)
        return [file for file in FILES[:files] if after is None or file.path > after][:limit]

    return BatchReader(
        pages=pages,
        work=work,
        concurrency=3,
        meter=ProgressMeter(len(FILES), unit="files", clock=lambda: 0.0),
        report=work.reported.append,
        should_stop=lambda: len(work.reported) >= stop.get("after", 10**9),
    )


@pytest.mark.parametrize("most", [1, 3, 10**6])
async def test_each_file_is_read_once(most: int) -> None:
    work = Reading(most)
    reader = _reader(work)
    await reader.run()
    assert Counter(work.saved) == Counter(file.path for file in FILES)
    assert reader.meter.progress(ScanPhase.PROBING).done == len(FILES)
    assert max(work.given) > 1


async def test_a_stop_saves_what_was_read_and_reads_no_more() -> None:
    work = Reading(10**6)
    await _reader(work, after=100).run()
    assert 0 < len(work.saved) <= 100
    assert len(set(work.saved)) == len(work.saved)


async def test_all_readers_share_the_slow_files_at_the_end() -> None:
    work = Reading(10**6, slow=FILES[-12:])
    await _reader(work).run()
    assert Counter(work.saved) == Counter(file.path for file in FILES)
    assert len(set(work.readers[-12:])) == 3


@pytest.mark.parametrize("files", [0, 1, 3])
async def test_one_reader_reads_a_few_files(files: int) -> None:
    work = Reading(10**6)
    await _reader(work, files=files).run()
    assert work.saved == [file.path for file in FILES[:files]]
    assert len(set(work.readers)) == min(files, 1)


async def test_a_first_file_that_hangs_does_not_hold_up_the_others() -> None:
    others_are_read = asyncio.Event()

    class Hanging(Reading):
        async def read(self, files: Sequence[FoundFile]) -> AsyncGenerator[str, None]:
            if files[0] is FILES[0]:
                await others_are_read.wait()
            yield files[0].path
            if files[-1] is FILES[2]:
                others_are_read.set()

    work = Hanging(1)
    async with asyncio.timeout(60):
        await _reader(work, files=3).run()
    assert work.saved == [file.path for file in (*FILES[1:3], FILES[0])]
