"""The step of a scan that follows moved files, so that their videos keep their ids.

It has files fingerprinted and checks old paths; `library.reconcile.moves` pairs files and videos.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from stoat_ferret.disk import ANSWER_SECONDS, run_on_disk_thread
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.media_file import RootedPath
from stoat_ferret.scan.root_guard import is_gone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.library.reconcile.inventory import Inventory, PossibleMove
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
    """Assign moved files to their existing records; return the number of moved files.

    Only files with the size of a video that may be gone are read, and only their first and last
    bytes.
    """
    after: str | None = None
    slots = asyncio.Semaphore(concurrency)
    while files := await inventory.move_candidates(after=after, limit=_PAGE_SIZE):
        after = files[-1].path
        await _fingerprint(root, files, inventory, prober, slots, report)
        if should_stop():
            return 0
    moved = 0
    verifier = MoveVerifier()
    async for moves in inventory.move_batches():
        gone = await verifier.among(moves)
        inventory.keep_in_place([move for move in moves if move not in gone])
        moved += await inventory.apply_moves([move for move in moves if move in gone])
    return moved


class MoveVerifier:
    """Checks which videos are no longer at their old path.

    If a disk does not respond, its files count as present, and it is not asked again.
    """

    def __init__(
        self,
        is_gone: Callable[[str, str, int], bool] = is_gone,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._is_gone = is_gone
        self._answer_seconds = answer_seconds
        self._silent: set[str] = set()

    async def among(self, moves: Sequence[PossibleMove]) -> set[PossibleMove]:
        """Return the moves in `moves` whose video is no longer at its old path."""
        gone = {move for move in moves if move.certain}
        for root in {move.video_root.path for move in moves if not move.certain} - self._silent:
            unsure = [move for move in moves if move not in gone and move.video_root.path == root]
            try:
                gone.update(
                    await run_on_disk_thread(
                        self._filter_gone, unsure, timeout_seconds=self._answer_seconds
                    )
                )
            except TimeoutError:
                self._silent.add(root)
        return gone

    def _filter_gone(self, moves: Sequence[PossibleMove]) -> list[PossibleMove]:
        return [
            move
            for move in moves
            if self._is_gone(
                move.video_root.path,
                os.path.join(move.video_root.path, move.old_path),
                move.old_size_bytes,
            )
        ]


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
            path = RootedPath(os.path.join(root, file.path), root)
            try:
                found[file.path] = await prober.fingerprint(path)
            except Exception as error:  # noqa: BLE001  `file_error` raises what is not of the file
                file_error(path, "The fingerprint", error)  # the probe reports what is wrong

    async with asyncio.TaskGroup() as tasks:
        for file in files:
            tasks.create_task(fingerprint(file))
    await inventory.set_fingerprints(found)
