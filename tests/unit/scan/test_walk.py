"""The walk's thread and the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.library.video import FoundFile
from stoat_ferret.scan.batch import Batch
from stoat_ferret.scan.discovery import Discovery, walk
from stoat_ferret.scan.ignore_rules import NameRules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Endless(Discovery):
    """Finds one file after another for as long as someone takes them."""

    taken = 0

    def walk(self) -> Iterator[Batch]:
        while not self._should_stop():
            yield Batch([FoundFile(f"{self.taken}.mp4", 1, 1)])
            self.taken += 1


class Silent(Discovery):
    """A file system that does not answer until told to."""

    answer = threading.Event()

    def walk(self) -> Iterator[Batch]:
        assert self.answer.wait(60)
        yield Batch()


def discovery(kind: type[Discovery], folder: Path) -> Discovery:
    return kind(
        str(folder),
        "",
        recursive=True,
        names=NameRules(extensions=frozenset()),
        should_stop=lambda: False,
    )


async def test_is_never_faster_than_its_batches_are_taken(tmp_path: Path) -> None:
    endless = discovery(Endless, tmp_path)
    seen = 0

    async def take(_: Batch) -> None:
        nonlocal seen
        seen += 1
        if seen == 50:
            raise KeyError("enough")

    with pytest.raises(KeyError):
        await walk(endless, take, silence_seconds=30)
    assert isinstance(endless, Endless)
    assert endless.taken <= seen


async def test_can_be_cancelled(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def take(_: Batch) -> None:
        begun.set()

    task = asyncio.create_task(walk(discovery(Endless, tmp_path), take, silence_seconds=30))
    await asyncio.wait_for(begun.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_silent_file_system_is_given_up(tmp_path: Path) -> None:
    async def take(_: Batch) -> None:
        raise AssertionError

    silent = discovery(Silent, tmp_path)
    try:
        with pytest.raises(TimeoutError):
            await walk(silent, take, silence_seconds=0.05)
    finally:
        Silent.answer.set()


async def test_an_error_of_the_walk_comes_through(tmp_path: Path) -> None:
    async def take(_: Batch) -> None:
        raise AssertionError

    with pytest.raises(FileNotFoundError):
        await walk(discovery(Discovery, tmp_path / "gone"), take, silence_seconds=30)
