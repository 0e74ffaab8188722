"""What one scan found, held against what is known; kept in the database, so memory is bounded."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import each_alone_if_refused, finish, insert
from stoat_ferret.library.picture_versions import save_versions
from stoat_ferret.library.reconcile.compare import (
    Comparing,
    Comparison,
    count_flagged,
    flag_vanished,
    unflag_returned,
)
from stoat_ferret.library.reconcile.moves import FOUND_COLUMNS, Moves, PossibleMove, found_file
from stoat_ferret.library.reconcile.save import SaveCounts, relocate, save, unstorable
from stoat_ferret.library.reconcile.staging import FoundState, Staging, add_found_files
from stoat_ferret.library.scope import Scope, below
from stoat_ferret.library.tables import found_files, inventories, unreadable_folders, videos

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import FoundFile, Root, ScannedFile

__all__ = ["Comparison", "Inventory", "PossibleMove", "SaveCounts", "purge_inventories"]


class Inventory:
    """The files that one scan found.

    The order of a scan: `add` and `protect` while it looks, `compare`, `settle_unchanged`, then
    the moves (`move_candidates`, `set_fingerprints`, `move_batches`, `apply_moves`), then
    `mark_missing`, and `save` of what is `pending`. It can be stopped anywhere: each step that
    changes videos is right by itself, and the next scan goes on from there.

    Unchanged means same path, size, mtime and probe version. A record is never deleted. Every
    present record has its path for itself; a missing one remembers its last path, also when
    another file is there now.
    """

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._database = staging.database
        self._comparing = Comparing(staging)
        self._moves = Moves(staging)
        self._vanished = 0
        self._is_anything_gone = True

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        database: Database,
        *,
        scan_id: str,
        root: Root,
        folder: str,
        recursive: bool,
        force: bool,
        probe_version: int,
        thumbnail_version: int | None = None,
    ) -> AsyncGenerator[Inventory]:
        """An empty inventory of `folder` (relative to `root`), deleted at exit.

        With `force` every file counts as pending. Without a `thumbnail_version` no video is
        asked for its thumbnail.
        """
        await _discard(database, inventories.c.scan_id == scan_id)
        async with database.write(durable=False) as connection:
            added = sa.insert(inventories).values(scan_id=scan_id).returning(inventories.c.number)
            number = (await connection.execute(added)).scalar_one()
            last_number = await connection.scalar(sa.select(sa.func.max(videos.c.number))) or 0
        staging = Staging(
            database=database,
            number=number,
            root=root,
            scope=Scope(root.id, folder, recursive),
            force=force,
            probe_version=probe_version,
            thumbnail_version=thumbnail_version,
            opened_at=datetime.now(UTC),
            last_number=last_number,
        )
        try:
            yield cls(staging)
        finally:
            await finish(_discard(database, inventories.c.number == number))

    async def add(self, files: Sequence[FoundFile]) -> list[FoundFile]:
        """Note files that were found; of two with the same path the last one counts.

        Returns those that the database cannot take, whatever is wrong with them.
        """
        return await each_alone_if_refused(files, self._add)

    async def _add(self, files: Sequence[FoundFile]) -> None:
        async with self._database.write(durable=False) as connection:
            await add_found_files(connection, self._staging.number, files)

    async def protect(self, path: str) -> None:
        """An entry could not be looked at: what is known at it and below it has not vanished."""
        first, end = below(path)
        ranges = [(first, end)]
        if path:
            itself = os.fsencode(path)
            ranges.append((itself, itself + b"\0"))
        rows = [
            {"inventory": self._staging.number, "first": first, "end": end} for first, end in ranges
        ]
        async with self._database.write(durable=False) as connection:
            statement = insert(connection, unreadable_folders).on_conflict_do_nothing()
            await connection.execute(statement, rows)

    async def compare(self) -> Comparison:
        """Hold what was found against what is known; changes no video."""
        comparison = await self._comparing.run()
        self._vanished = comparison.vanished
        self._is_anything_gone = await self._comparing.is_anything_gone()
        return comparison

    async def settle_unchanged(self) -> int:
        """Unflag the missing videos that are back as they were; returns how many."""
        return await unflag_returned(self._staging)

    async def pending(self, *, after: str | None, limit: int) -> list[FoundFile]:
        """The next files to read, in the byte order of their paths."""
        return await self._page(found_files.c.state <= FoundState.STALE, after, limit)

    async def unpictured(self, *, after: str | None, limit: int) -> list[FoundFile]:
        """The next unchanged files without a thumbnail, in the byte order of their paths."""
        return await self._page(found_files.c.state == FoundState.UNPICTURED, after, limit)

    async def _page(
        self, wanted: sa.ColumnElement[bool], after: str | None, limit: int
    ) -> list[FoundFile]:
        wanted &= self._staging.mine()
        if after is not None:
            wanted &= found_files.c.path > os.fsencode(after)
        page = sa.select(*FOUND_COLUMNS).where(wanted).order_by(found_files.c.path)
        async with self._database.read() as connection:
            return [found_file(row) for row in await connection.execute(page.limit(limit))]

    async def move_candidates(self, *, after: str | None, limit: int) -> list[FoundFile]:
        """Pending files with the size of a video that may be gone, in the order of their paths.

        Such a video was not found, or is already missing, or something else is at its path, or
        it lies where this scan does not look. Empty files are never among them.
        """
        if not self._is_anything_gone:
            return []
        return await self._moves.candidates(after, limit)

    async def set_fingerprints(self, fingerprints: Mapping[str, str]) -> None:
        """Note the fingerprints of candidates, by path."""
        await self._moves.set_fingerprints(fingerprints)

    def move_batches(self) -> AsyncIterator[list[PossibleMove]]:
        """Pairs of files and videos with the same fingerprint, each at most once in a batch.

        A file that has the fingerprint of the video at its path stays with it. Apply what is
        right of a batch, and pass the rest to `keep_in_place`, before asking for the next one:
        another video may then be offered for the same file.
        """
        return self._moves.batches()

    async def possible_moves(self) -> list[PossibleMove]:
        """All batches in one list, for those who know that it is short."""
        return [move async for batch in self.move_batches() for move in batch]

    def keep_in_place(self, moves: Collection[PossibleMove]) -> None:
        """The videos of these moves are still where they were; the files are something else."""
        self._moves.keep_in_place(moves)

    async def apply_moves(self, moves: Sequence[PossibleMove]) -> int:
        """Give the videos their new places, in one transaction; returns how many were moved.

        Shifts and swaps are fine. The files are no longer pending. A video whose path is taken
        and which has itself not moved is flagged as missing.
        """
        async with self._database.write() as connection:
            return await relocate(connection, self._staging, moves)

    async def save(self, files: Sequence[ScannedFile]) -> SaveCounts:
        """Write what was learnt of files, in one transaction, on disk when this returns.

        The record at the path keeps its id, also when the content is new, when it was missing
        or when the file is bad now. Saving the same twice is saving it once. What the database
        does not take of a file makes it a bad one.
        """
        counts = SaveCounts(0, 0)

        async def save_some(some: Sequence[ScannedFile]) -> None:
            nonlocal counts
            async with self._database.write() as connection:
                counts += await save(connection, self._staging, some, datetime.now(UTC))

        refused = [unstorable(file) for file in await each_alone_if_refused(files, save_some)]
        # One that is refused even so has no record, and is read again by the next scan.
        await each_alone_if_refused(refused, save_some)
        return counts + SaveCounts(0, 0, tuple(refused))

    async def save_thumbnails(self, versions: Mapping[str, int]) -> None:
        """Note with which version thumbnails were made, by the fingerprints of the videos."""
        async with self._database.write() as connection:
            await save_versions(connection, videos.c.thumbnail_version, versions)

    async def mark_missing(self) -> int:
        """Flag the videos that ought to have been found and were not.

        Returns how many this scan flagged, those whose path was taken by a move included.
        """
        if self._vanished:
            await flag_vanished(self._staging)
        return await count_flagged(self._staging)


async def purge_inventories(database: Database, *, alive: Collection[str] = ()) -> None:
    """Delete what scans left behind whose process died; `alive` are the ids of those that run."""
    await _discard(database, inventories.c.scan_id.not_in(alive))


async def _discard(database: Database, condition: sa.ColumnElement[bool]) -> None:
    async with database.write(durable=False) as connection:
        numbers = sa.select(inventories.c.number)
        dead = set(await connection.scalars(numbers.where(condition)))
        if not dead:
            return
        is_last = not set(await connection.scalars(numbers)) - dead
        for table in (found_files, unreadable_folders, inventories):
            delete = sa.delete(table)
            # All rows at once is far faster than each of a million by its key.
            if not is_last:
                delete = delete.where(next(iter(table.primary_key)).in_(dead))
            await connection.execute(delete)
