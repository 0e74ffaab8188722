"""Converted parts of videos on the disk, which take no more room than they may."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from stoat_ferret.playing.segment_cache import SegmentCache

if TYPE_CHECKING:
    from pathlib import Path

MOST = 1000
PART = b"x" * 100


def used(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def delete_parts(folder: Path) -> None:
    """Delete the parts that the cache has stored."""
    for path in folder.rglob("*.part"):
        path.unlink()


async def test_the_least_recently_used_parts_make_room(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, MOST)
    for number in range(35):
        await cache.write("film", str(number), PART)
        assert await cache.read("film", "0") == PART  # so it stays
        assert used(tmp_path) == cache.total_bytes <= MOST
    assert [number for number in range(35) if cache.holds("film", str(number))] == [
        0,
        *range(26, 35),
    ]
    assert await cache.read("film", "1") is None


async def test_parts_of_any_size_written_at_once_stay_within_the_bound(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, MOST)
    sizes = [10, 700, 999, 1, 400, 650, 300, 90] * 5
    await asyncio.gather(
        *(cache.write("film", str(number % 9), b"y" * size) for number, size in enumerate(sizes))
    )
    assert used(tmp_path) == cache.total_bytes <= MOST
    await cache.write("film", "large", b"z" * (MOST + 1))
    # It is what a player waits for; nothing else is kept beside it.
    assert used(tmp_path) == MOST + 1
    await cache.write("film", "next", PART)
    assert used(tmp_path) == len(PART)


async def test_what_somebody_else_deletes_is_made_again(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, MOST)
    await cache.write("film", "0", PART)
    delete_parts(tmp_path)
    assert await cache.read("film", "0") is None
    assert cache.total_bytes == 0
    await cache.write("film", "0", PART)
    await SegmentCache(tmp_path, MOST).sweep()
    assert used(tmp_path) == 0
