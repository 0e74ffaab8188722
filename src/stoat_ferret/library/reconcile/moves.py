"""Finds and follows the moves that one scan sees."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.reconcile.found_state import FoundState
from stoat_ferret.library.reconcile.move_matching import GoneVideo, PossibleMove, match_moves
from stoat_ferret.library.reconcile.staging import Staging, occupant
from stoat_ferret.library.tables import found_files, roots, videos
from stoat_ferret.library.video import FoundFile, Root

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_PAGE = 1000
_MOST_SIZES = 100_000

FOUND_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    found_files.c.path,
    found_files.c.size_bytes,
    found_files.c.mtime_ns,
    found_files.c.unusable,
)
"""What `found_file` reads."""


def found_file(row: sa.Row[Any]) -> FoundFile:
    """The file in a row of `FOUND_COLUMNS`."""
    return FoundFile(os.fsdecode(row.path), row.size_bytes, row.mtime_ns, row.unusable)


class Moves:
    """The moves of one scan; a video is recognised by its fingerprint, an empty file never is."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        # Whether a video of this size may be gone: asked once a size, not once a file.
        self._sizes: dict[int, bool] = {}
        self._still_there: set[str] = set()

    def _may_have_moved(self) -> sa.ColumnElement[bool]:
        return (
            self._staging.mine()
            & found_files.c.state.in_((FoundState.NEW, FoundState.CHANGED))
            & found_files.c.unusable.is_(None)
            & (found_files.c.size_bytes > 0)
        )

    async def candidates(self, after: str | None, limit: int) -> list[FoundFile]:
        """Files with the size of a video that may be gone, in the order of their paths."""
        chosen: list[FoundFile] = []
        place = None if after is None else os.fsencode(after)
        async with self._staging.database.read() as connection:
            while len(chosen) < limit:
                files = await self._page(connection, place)
                if not files:
                    break
                place = os.fsencode(files[-1].path)
                await self._learn_sizes(connection, {file.size_bytes for file in files})
                chosen += [file for file in files if self._sizes[file.size_bytes]]
        return chosen[:limit]

    async def _page(self, connection: AsyncConnection, after: bytes | None) -> list[FoundFile]:
        statement = sa.select(*FOUND_COLUMNS).where(self._may_have_moved())
        if after is not None:
            statement = statement.where(found_files.c.path > after)
        rows = await connection.execute(statement.order_by(found_files.c.path).limit(_PAGE))
        return [found_file(row) for row in rows]

    async def _learn_sizes(self, connection: AsyncConnection, sizes: set[int]) -> None:
        if len(self._sizes) > _MOST_SIZES:
            self._sizes.clear()
        unknown = sizes - self._sizes.keys()
        statement = (
            sa.select(videos.c.size_bytes)
            .distinct()
            .select_from(videos.outerjoin(occupant, self._staging.occupies()))
            .where(
                videos.c.size_bytes.in_(unknown),
                videos.c.fingerprint.is_not(None),
                self._staging.may_be_gone(),
            )
        )
        gone = set(await connection.scalars(statement)) if unknown else set()
        self._sizes.update({size: size in gone for size in unknown})
        self._sizes.update({size: size in gone for size in sizes - self._sizes.keys()})

    async def set_fingerprints(self, fingerprints: Mapping[str, str]) -> None:
        """Note the fingerprints of files, by path."""
        if not fingerprints:
            return
        statement = (
            sa.update(found_files)
            .where(self._staging.mine(), found_files.c.path == sa.bindparam("at"))
            .values(fingerprint=sa.bindparam("given"))
        )
        values = [{"at": os.fsencode(path), "given": fp} for path, fp in fingerprints.items()]
        async with self._staging.database.write(durable=False) as connection:
            await connection.execute(statement, values)

    async def batches(self) -> AsyncIterator[list[PossibleMove]]:
        """All possible moves; see `Inventory.move_batches`."""
        after = ""
        while fingerprints := await self._fingerprints(after):
            after = fingerprints[-1]
            refused = -1
            while refused < len(self._still_there):
                refused = len(self._still_there)
                if moves := await self._match(fingerprints):
                    yield moves
            self._still_there.clear()

    def keep_in_place(self, moves: Collection[PossibleMove]) -> None:
        """The videos of these moves are still where they were."""
        self._still_there.update(move.video_id for move in moves)

    async def _fingerprints(self, after: str) -> Sequence[str]:
        statement = (
            sa.select(found_files.c.fingerprint)
            .distinct()
            .where(self._may_have_moved(), found_files.c.fingerprint > after)
            .order_by(found_files.c.fingerprint)
            .limit(_PAGE)
        )
        async with self._staging.database.read() as connection:
            return (await connection.scalars(statement)).all()

    async def _match(self, fingerprints: Sequence[str]) -> list[PossibleMove]:
        async with self._staging.database.read() as connection:
            files = await self._files_elsewhere(connection, fingerprints)
            gone = await self._gone_videos(connection, fingerprints)
        gone = [video for video in gone if video.id not in self._still_there]
        return match_moves(files, gone, self._staging.root)

    async def _files_elsewhere(
        self, connection: AsyncConnection, fingerprints: Sequence[str]
    ) -> list[tuple[str, FoundFile]]:
        """The files with these fingerprints, without those that are at their old place."""
        here = (
            (videos.c.root_id == self._staging.root.id)
            & (videos.c.path == found_files.c.path)
            & videos.c.missing_since.is_(None)
        )
        touched = videos.c.fingerprint == found_files.c.fingerprint
        statement = (
            sa.select(found_files.c.fingerprint, *FOUND_COLUMNS)
            .select_from(found_files.outerjoin(videos, here & touched))
            .where(
                self._may_have_moved(),
                found_files.c.fingerprint.in_(fingerprints),
                videos.c.number.is_(None),
            )
            .order_by(found_files.c.path)
        )
        rows = await connection.execute(statement)
        return [(row.fingerprint, found_file(row)) for row in rows]

    async def _gone_videos(
        self, connection: AsyncConnection, fingerprints: Sequence[str]
    ) -> list[GoneVideo]:
        """The videos with these fingerprints that may be gone, the oldest first."""
        is_known_to_be_gone = videos.c.missing_since.is_not(None) | self._staging.scope.holds()
        tables = videos.join(roots).outerjoin(occupant, self._staging.occupies())
        statement = (
            sa.select(
                videos.c.id,
                videos.c.path,
                videos.c.fingerprint,
                videos.c.size_bytes,
                is_known_to_be_gone.label("certain"),
                roots.c.id.label("root_id"),
                roots.c.name,
                roots.c.path.label("root_path"),
            )
            .select_from(tables)
            .where(
                videos.c.fingerprint.in_(fingerprints),
                self._staging.may_be_gone(),
                ~self._staging.may_have_been_touched(),
            )
            .order_by(videos.c.number)
        )
        return [_gone_video(row) for row in await connection.execute(statement)]


def _gone_video(row: sa.Row[Any]) -> GoneVideo:
    root = Root(row.root_id, row.name, os.fsdecode(row.root_path))
    path = os.fsdecode(row.path)
    return GoneVideo(row.id, root, path, bool(row.certain), row.fingerprint, row.size_bytes)
