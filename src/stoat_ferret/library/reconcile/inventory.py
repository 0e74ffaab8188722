"""The inventory of a scan: its files, kept in the database so that memory stays bounded."""

from __future__ import annotations

import os
import secrets
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import finish, insert
from stoat_ferret.database_errors import each_alone_if_refused
from stoat_ferret.errors import ScanEndedError
from stoat_ferret.library.picture_versions import save_versions
from stoat_ferret.library.reconcile.compare import (
    Comparer,
    Comparison,
    count_flagged,
    flag_vanished,
    unflag_returned,
)
from stoat_ferret.library.reconcile.folders import Folders
from stoat_ferret.library.reconcile.moves import FOUND_COLUMNS, Moves, PossibleMove, found_file
from stoat_ferret.library.reconcile.save import SaveCounts, relocate, save, unstorable
from stoat_ferret.library.reconcile.staging import FoundState, Staging, add_found_files
from stoat_ferret.library.scanned_folders import remember_scanned
from stoat_ferret.library.scope import FolderPart, Scope, below
from stoat_ferret.library.tables import (
    found_files,
    found_folders,
    inventories,
    unreadable_folders,
    videos,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import FoundFile, FoundFolder, Root, ScannedFile

__all__ = ["Comparison", "Inventory", "PossibleMove", "SaveCounts", "purge_inventories"]

_NUMBER_BITS = 62
"""A number is never used again: an attempt that is over may still delete its inventory by it."""


class Inventory:
    """The files that one scan found.

    The order of a scan: `known_folders`, then `add`, `add_folders` and `protect` during discovery,
    `compare`, `settle_unchanged`, then the moves (`move_candidates`, `set_fingerprints`,
    `move_batches`, `apply_moves`), then `mark_missing`, `save` for the files that are `pending`,
    and `remember_folders`. A scan can be stopped anywhere: each step that changes videos leaves the
    library consistent, and the next scan continues from there.

    Unchanged means same path, size, mtime and probe version. A record is never deleted. A path
    belongs to at most one present record; a missing record keeps its last path, even if another
    file is there now.
    """

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._database = staging.database
        self._comparer = Comparer(staging)
        self._moves = Moves(staging)
        self._folders = Folders(staging)
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
        parts: Sequence[FolderPart] = (),
    ) -> AsyncGenerator[Inventory]:
        """Create an empty inventory as `begin` does; delete it on exit."""
        inventory = await cls.begin(
            database,
            scan_id=scan_id,
            root=root,
            folder=folder,
            recursive=recursive,
            force=force,
            probe_version=probe_version,
            thumbnail_version=thumbnail_version,
            parts=parts,
        )
        try:
            yield inventory
        finally:
            await finish(inventory.discard())

    @classmethod
    async def begin(
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
        parts: Sequence[FolderPart] = (),
    ) -> Inventory:
        """Create an empty inventory of `folder` (relative to `root`), which stays until `discard`.

        If there are `parts`, it is one of these parts of the folder alone. With `force`, every file
        counts as pending. Without a `thumbnail_version`, thumbnails are not checked.
        """
        await _discard(database, inventories.c.scan_id == scan_id)
        number = secrets.randbits(_NUMBER_BITS)
        async with database.write(durable=False) as connection:
            staging = Staging(
                database=database,
                number=number,
                root=root,
                scope=Scope(root.id, folder, recursive, tuple(parts)),
                force=force,
                probe_version=probe_version,
                thumbnail_version=thumbnail_version,
                opened_at=datetime.now(UTC),
                last_number=await connection.scalar(sa.select(sa.func.max(videos.c.number))) or 0,
            )
            row = {"number": number, "scan_id": scan_id, "settings": staging.as_json()}
            await connection.execute(sa.insert(inventories).values(row))
        return cls(staging)

    @classmethod
    async def reopen(cls, database: Database, number: int, root: Root) -> Inventory:
        """Return the inventory of a scan of `root` that was begun before, perhaps elsewhere.

        Raises `ScanEndedError` if that scan has ended.
        """
        mine = sa.select(inventories.c.settings).where(inventories.c.number == number)
        async with database.read() as connection:
            settings = await connection.scalar(mine)
        if settings is None:
            raise ScanEndedError(root.name)
        return cls(Staging.from_json(database, number, root, settings))

    @property
    def number(self) -> int:
        """The number under which this inventory is reopened."""
        return self._staging.number

    async def discard(self) -> None:
        """Delete the inventory; see `discard_inventory`."""
        await discard_inventory(self._database, self._staging.number)

    async def add(self, files: Sequence[FoundFile]) -> list[FoundFile]:
        """Add found files; if two have the same path, the last one counts.

        Returns the files that the database does not accept, whatever the error.
        """
        return await each_alone_if_refused(files, self._add)

    async def _add(self, files: Sequence[FoundFile]) -> None:
        async with self._database.write(durable=False) as connection:
            await add_found_files(connection, self._staging.number, files)

    async def known_folders(self) -> frozenset[bytes]:
        """Return the signatures of folders that need no comparison; none with `force`."""
        return await self._folders.known()

    async def add_folders(self, folders: Sequence[FoundFolder]) -> None:
        """Add found folders; those that are not known need their files added, too.

        The videos of a known folder count as found and unchanged.
        """
        await self._folders.add(folders)

    async def remember_folders(self) -> None:
        """Store the signatures of folders in which the next scan has nothing to do."""
        await self._folders.remember()

    async def remember_scan(self) -> None:
        """Store that the folder of this scan was scanned, which is what is watched from now on."""
        scope = self._staging.scope
        part = FolderPart(scope.folder, scope.recursive)
        await remember_scanned(self._database, self._staging.root.id, part, datetime.now(UTC))

    async def protect(self, path: str) -> None:
        """Keep videos at and below an unreadable entry from being flagged as missing."""
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
        """Compare the found files with the known videos; changes no video."""
        comparison = await self._comparer.run()
        self._vanished = comparison.vanished
        if comparison.pending:  # else no file can have moved
            self._is_anything_gone = await self._comparer.is_anything_gone()
        return comparison

    async def settle_unchanged(self) -> int:
        """Unflag missing videos whose file is back unchanged; return how many."""
        return await unflag_returned(self._staging)

    async def pending(
        self, *, after: str | None, limit: int, upto: str | None = None
    ) -> list[FoundFile]:
        """Return the next files to read, in byte order of their paths, `upto` one of them."""
        return await self._page(found_files.c.state <= FoundState.STALE, after, upto, limit)

    async def without_thumbnail(
        self, *, after: str | None, limit: int, upto: str | None = None
    ) -> list[FoundFile]:
        """Return the next unchanged files without a thumbnail, in byte order of their paths."""
        wanted = found_files.c.state == FoundState.NEEDS_THUMBNAIL
        return await self._page(wanted, after, upto, limit)

    async def _page(
        self, wanted: sa.ColumnElement[bool], after: str | None, upto: str | None, limit: int
    ) -> list[FoundFile]:
        wanted &= self._staging.mine()
        if after is not None:
            wanted &= found_files.c.path > os.fsencode(after)
        if upto is not None:
            wanted &= found_files.c.path <= os.fsencode(upto)
        page = sa.select(*FOUND_COLUMNS).where(wanted).order_by(found_files.c.path)
        async with self._database.read() as connection:
            return [found_file(row) for row in await connection.execute(page.limit(limit))]

    async def move_candidates(self, *, after: str | None, limit: int) -> list[FoundFile]:
        """Return pending files with the size of a video that may be gone, in path order.

        Such a video was not found, is already missing, has another file at its path, or lies
        outside the folder of this scan. Empty files are never candidates.
        """
        if not self._is_anything_gone:
            return []
        return await self._moves.candidates(after, limit)

    async def set_fingerprints(self, fingerprints: Mapping[str, str]) -> None:
        """Store the fingerprints of candidates, by path."""
        await self._moves.set_fingerprints(fingerprints)

    def move_batches(self) -> AsyncIterator[list[PossibleMove]]:
        """Yield pairs of files and videos with equal fingerprints, each at most once per batch.

        A file with the fingerprint of the video at its path keeps that video. Before requesting the
        next batch, apply the confirmed moves and pass the others to `keep_in_place`: another video
        may then be offered for the same file.
        """
        return self._moves.batches()

    async def possible_moves(self) -> list[PossibleMove]:
        """Return all batches as one list, for callers that know it is short."""
        return [move async for batch in self.move_batches() for move in batch]

    def keep_in_place(self, moves: Collection[PossibleMove]) -> None:
        """Reject moves whose videos are still at their old path; their files are something else."""
        self._moves.keep_in_place(moves)

    async def apply_moves(self, moves: Sequence[PossibleMove]) -> int:
        """Assign the new paths to the videos in one transaction; return how many moved.

        Shifts and swaps are handled. The files are no longer pending. A video whose path is taken
        and which has not moved itself is flagged as missing.
        """
        async with self._database.write() as connection:
            return await relocate(connection, self._staging, moves)

    async def save(self, files: Sequence[ScannedFile]) -> SaveCounts:
        """Write the results of reading files in one transaction, durable on return.

        The record at the path keeps its id, even if the content is new, the record was missing or
        the file is bad now. Saving is idempotent. A file whose results the database does not accept
        is saved as bad.
        """
        counts = SaveCounts(0, 0)

        async def save_some(some: Sequence[ScannedFile]) -> None:
            nonlocal counts
            async with self._database.write() as connection:
                counts += await save(connection, self._staging, some, datetime.now(UTC))

        refused = [unstorable(file) for file in await each_alone_if_refused(files, save_some)]
        # A file that is refused again has no record, and the next scan reads it again.
        await each_alone_if_refused(refused, save_some)
        return counts + SaveCounts(0, 0, tuple(refused))

    async def save_thumbnails(self, versions: Mapping[str, int]) -> None:
        """Store the versions that made thumbnails, by the fingerprints of the videos."""
        async with self._database.write() as connection:
            await save_versions(connection, videos.c.thumbnail_version, versions)

    async def mark_missing(self) -> int:
        """Flag the videos that should have been found but were not.

        Returns how many videos this scan flagged, including those whose path was taken by a move.
        Raises `ScanEndedError` if the inventory was deleted, as nothing says what was found then.
        """
        if self._vanished:
            await flag_vanished(self._staging)
        return await count_flagged(self._staging)


async def discard_inventory(database: Database, number: int) -> None:
    """Delete an inventory if it exists, also if the attempt that has made it is over."""
    await _discard(database.unfenced, inventories.c.number == number)


async def purge_inventories(
    database: Database, *, alive: Collection[str] | sa.Select[tuple[str]] = ()
) -> None:
    """Delete the inventories of scans that died, which only the owner of the database may do.

    `alive` has the ids of all other scans, or is a query of them.
    """
    await _discard(database, inventories.c.scan_id.not_in(alive))


async def _discard(database: Database, condition: sa.ColumnElement[bool]) -> None:
    async with database.write(durable=False) as connection:
        numbers = sa.select(inventories.c.number)
        dead = set(await connection.scalars(numbers.where(condition)))
        if not dead:
            return
        # In PostgreSQL, there may be another one by the time that its rows are deleted.
        is_last = database.is_sqlite and not set(await connection.scalars(numbers)) - dead
        for table in (found_files, found_folders, unreadable_folders, inventories):
            delete = sa.delete(table)
            # Deleting all rows at once is far faster than deleting a million by key.
            if not is_last:
                delete = delete.where(next(iter(table.primary_key)).in_(dead))
            await connection.execute(delete)
