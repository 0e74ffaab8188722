"""Folders whose files a scan settles together, because nothing in them has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import SLICE, insert
from stoat_ferret.library.tables import folder_signatures, found_files, found_folders, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.reconcile.staging import Staging
    from stoat_ferret.library.scope import FolderPart
    from stoat_ferret.library.video import FoundFolder

_MOST_FOLDERS = 250_000
"""The most signatures that a scan holds in memory; it compares the files of other folders."""
_PAGE = 1000
_MARK = "\N{REPLACEMENT CHARACTER}"


def folder_key(path: str) -> str | None:
    """Return the folder as in the rows of its videos; None if other folders may look the same."""
    key = f"{path}/" if path else ""
    return key if storable(key) == key and _MARK not in key else None


class Folders:
    """The folders of one scan, and their signatures for the next one."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging

    async def known(self) -> frozenset[bytes]:
        """Return the signatures of folders whose files need nothing, by content and by times."""
        staging = self._staging
        if staging.force:
            return frozenset()
        table = folder_signatures.c
        valid = (table.root_id == staging.root.id) & (table.probe_version == staging.probe_version)
        if staging.thumbnail_version is not None:
            valid &= table.thumbnail_version == staging.thumbnail_version
        valid &= sa.or_(*map(_lies_in, staging.scope.all_parts))
        some = sa.select(table.signature, table.times_signature).where(valid).limit(_MOST_FOLDERS)
        async with staging.database.read() as connection:
            rows = await connection.execute(some)
            return frozenset(signature for row in rows for signature in row if signature)

    async def add(self, folders: Sequence[FoundFolder]) -> None:
        """Add found folders."""
        rows = [
            {
                "inventory": self._staging.number,
                "folder": key,
                "signature": folder.signature,
                "times_signature": folder.times_signature,
                "files": folder.files,
                "is_known": int(folder.is_known),
            }
            for folder in folders
            if (key := folder_key(folder.path)) is not None
        ]
        if rows:
            async with self._staging.database.write(durable=False) as connection:
                statement = insert(connection, found_folders).on_conflict_do_nothing()
                await connection.execute(statement, rows)

    async def remember(self) -> None:
        """Store the signatures of folders whose present videos are exactly the files found there.

        Call it when the scan has done everything. It compares once more, because a scan may have
        failed to save a file, and others change the library too.
        """
        async with self._staging.database.write(durable=False) as connection:
            await self._remember_times(connection)
        async for rows in self._new_folders():
            async with self._staging.database.write(durable=False) as connection:
                await self._remember(connection, rows)

    async def _remember_times(self, connection: AsyncConnection) -> None:
        """Add the times to folders that were known by content alone."""
        table = folder_signatures.c
        same = (
            self._mine()
            & (found_folders.c.is_known == 1)
            & (found_folders.c.folder == table.folder)
            & (found_folders.c.signature == table.signature)
            & found_folders.c.times_signature.is_not(None)
        )
        times = sa.select(found_folders.c.times_signature).where(same).scalar_subquery()
        await connection.execute(
            sa.update(folder_signatures)
            .where(
                table.root_id == self._staging.root.id,
                sa.func.coalesce(table.times_signature != times, times.is_not(None)),
            )
            .values(times_signature=times)
        )

    async def _new_folders(self) -> AsyncIterator[Sequence[sa.Row[tuple[object, ...]]]]:
        """Yield the folders that were not known, with about `SLICE` files at a time."""
        after: str | None = None
        while True:
            page = sa.select(found_folders).where(self._mine(), found_folders.c.is_known == 0)
            if after is not None:
                page = page.where(found_folders.c.folder > after)
            async with self._staging.database.read() as connection:
                ordered = page.order_by(found_folders.c.folder).limit(_PAGE)
                rows = (await connection.execute(ordered)).all()
            if not rows:
                return
            after = rows[-1].folder
            first = files = 0
            for number, row in enumerate(rows, 1):
                files += row.files
                if files >= SLICE or number == len(rows):
                    yield rows[first:number]
                    first, files = number, 0

    async def _remember(
        self, connection: AsyncConnection, rows: Sequence[sa.Row[tuple[object, ...]]]
    ) -> None:
        staging = self._staging
        settled = await self._settled_files(connection, [row.folder for row in rows])
        new = [
            {
                "root_id": staging.root.id,
                "folder": row.folder,
                "signature": row.signature,
                "times_signature": row.times_signature,
                "files": row.files,
                "probe_version": staging.probe_version,
                "thumbnail_version": staging.thumbnail_version,
            }
            for row in rows
            if settled.get(row.folder) == row.files
        ]
        if new:
            statement = insert(connection, folder_signatures)
            values = {name: statement.excluded[name] for name in new[0]}
            upsert = statement.on_conflict_do_update(
                index_elements=["root_id", "folder"], set_=values
            )
            await connection.execute(upsert, new)

    async def _settled_files(
        self, connection: AsyncConnection, folders: Sequence[str]
    ) -> dict[str, int]:
        """Return the number of videos of those folders in which each is a file that needs nothing.

        The index of folders begins with the status.
        """
        staging = self._staging
        is_settled = staging.is_same() & ~staging.is_outdated() & ~staging.needs_thumbnail()
        file = staging.mine() & (found_files.c.path == videos.c.path) & is_settled
        settled = sa.func.count(found_files.c.path)
        statement = (
            sa.select(videos.c.folder, settled.label("settled"))
            .select_from(videos.outerjoin(found_files, file))
            .where(
                videos.c.status.in_([status.value for status in VideoStatus]),
                videos.c.folder.in_(folders),
                videos.c.root_id == staging.root.id,
                videos.c.missing_since.is_(None),
            )
            .group_by(videos.c.folder)
            .having(sa.func.count() == settled)
        )
        return {row.folder: row.settled for row in await connection.execute(statement)}

    def _mine(self) -> sa.ColumnElement[bool]:
        return found_folders.c.inventory == self._staging.number


def _lies_in(part: FolderPart) -> sa.ColumnElement[bool]:
    """Return the condition that a signature is that of a folder in `part`."""
    here, folder = storable(part.folder), folder_signatures.c.folder
    if not part.recursive:
        return folder == (f"{here}/" if here else "")
    return (folder >= f"{here}/") & (folder < f"{here}0") if here else sa.true()


async def forget_signatures(connection: AsyncConnection) -> None:
    """Forget all folders, so that the next scan compares every file."""
    await connection.execute(sa.delete(folder_signatures))
