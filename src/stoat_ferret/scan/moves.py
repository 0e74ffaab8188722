"""Finds the known videos that were renamed or moved, so that they keep their id."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from stoat_ferret.disk import ask_disk
from stoat_ferret.errors import MediaError
from stoat_ferret.scan.root_guard import is_gone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.library.inventory import Inventory, PossibleMove
    from stoat_ferret.library.video import FoundFile
    from stoat_ferret.media.prober import Prober

_PAGE_SIZE = 500


async def follow_moves(
    root: str,
    inventory: Inventory,
    prober: Prober,
    *,
    concurrency: int,
    report: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> int:
    """Give moved files their old records and return how many there were.

    Only files that have the size of a video that may be gone are read, and only their ends.
    """
    after: str | None = None
    slots = asyncio.Semaphore(concurrency)
    while files := await inventory.move_candidates(after=after, limit=_PAGE_SIZE):
        after = files[-1].path
        await _fingerprint(root, files, inventory, prober, slots, report)
        if should_stop():
            return 0
    moved = 0
    async for moves in inventory.move_batches():
        gone = await ask_disk(_those_gone, moves)
        gone_ids = {move.video_id for move in gone}
        inventory.keep_in_place([move for move in moves if move.video_id not in gone_ids])
        moved += await inventory.apply_moves(gone)
    return moved


async def _fingerprint(
    root: str,
    files: Sequence[FoundFile],
    inventory: Inventory,
    prober: Prober,
    slots: asyncio.Semaphore,
    report: Callable[[str], None],
) -> None:
    found: dict[str, str] = {}

    async def fingerprint(file: FoundFile) -> None:
        async with slots:
            report(file.path)
            try:
                found[file.path] = await prober.fingerprint(os.path.join(root, file.path))
            except MediaError:
                return  # probing it will tell what is wrong

    async with asyncio.TaskGroup() as tasks:
        for file in files:
            tasks.create_task(fingerprint(file))
    await inventory.set_fingerprints(found)


def _those_gone(moves: Sequence[PossibleMove]) -> list[PossibleMove]:
    return [move for move in moves if move.certain or _is_gone(move)]


def _is_gone(move: PossibleMove) -> bool:
    root = move.video_root.path
    return is_gone(root, os.path.join(root, move.old_path), move.old_size_bytes)
