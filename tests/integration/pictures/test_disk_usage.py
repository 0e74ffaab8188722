"""The disk usage of pictures, counted without delaying anything."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from stoat_ferret.pictures import disk_usage
from stoat_ferret.pictures.disk_usage import PictureUse, Use

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def put(folder: Path, name: str, size_bytes: int) -> Path:
    path = folder / "thumbnails" / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size_bytes)
    return path


async def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    use = PictureUse(tmp_path / "pictures")
    await use.refresh(wait_seconds=30)
    assert use.is_complete
    assert use.of("thumbnails") == use.of("storyboards") == Use()


async def test_files_are_added_up_over_folders_and_kinds(tmp_path: Path) -> None:
    put(tmp_path, "aa-1-320.webp", 100)
    put(tmp_path, "bb-1-320.webp", 20)
    use = PictureUse(tmp_path)
    await use.refresh(wait_seconds=30)
    assert use.of("thumbnails") == Use(2, 120)
    assert use.of("storyboards") == Use()


async def test_what_comes_and_goes_is_noticed_the_next_time(tmp_path: Path) -> None:
    first = put(tmp_path, "aa-1-320.webp", 100)
    put(tmp_path, "bb-1-320.webp", 20)
    use = PictureUse(tmp_path, fresh_seconds=0, fresh_factor=0)
    await use.refresh(wait_seconds=30)
    put(tmp_path, "bc-1-320.webp", 3)
    first.unlink()
    first.parent.rmdir()
    await use.refresh(wait_seconds=30)
    assert use.of("thumbnails") == Use(2, 23)


async def test_a_total_that_took_long_for_others_is_not_kept_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "aa-1-320.webp", 100)
    use = PictureUse(tmp_path, fresh_seconds=0)
    count = disk_usage._count_folder

    def count_late(path: str, known: Any) -> Any:
        time.sleep(0.5)  # as on a busy machine
        return count(path, known)

    monkeypatch.setattr(disk_usage, "_count_folder", count_late)
    await use.refresh(wait_seconds=30)
    put(tmp_path, "bb-1-320.webp", 20)
    ended = time.monotonic()
    while use.of("thumbnails") == Use(1, 100):
        await use.refresh(wait_seconds=30)
        await asyncio.sleep(0.05)
    assert time.monotonic() - ended < 5


async def test_who_asks_does_not_wait_for_the_end(tmp_path: Path) -> None:
    put(tmp_path, "aa-1-320.webp", 100)
    use = PictureUse(tmp_path)
    await use.refresh(wait_seconds=0)
    assert not use.is_complete
    await use.refresh(wait_seconds=30)
    assert use.of("thumbnails") == Use(1, 100)
    await use.close()
