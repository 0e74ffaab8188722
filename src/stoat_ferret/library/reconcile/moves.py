"""Recognition of moved files: pairs found files and videos that may be gone, by fingerprint."""

from __future__ import annotations

import os
import posixpath
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.library.reconcile.staging import FoundState, Staging, occupant
from stoat_ferret.library.root_map import RootMap, root_map_of
from stoat_ferret.library.tables import found_files, roots, videos
from stoat_ferret.library.video import FoundFile, Root

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Callable,
        Collection,
        Hashable,
        Iterable,
        Mapping,
        Sequence,
    )

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class PossibleMove:
    """A possible move of the video at `old_path` of `video_root` to `file`.

    `certain` is False if the scan does not cover the old path. The caller must then check that the
    old path is empty or has a file whose size is not `old_size_bytes`.
    """

    video_id: str
    video_root: Root
    old_path: str
    certain: bool
    file: FoundFile
    old_size_bytes: int


@dataclass(frozen=True, slots=True)
class GoneVideo:
    """A video that may be gone, with the fingerprint of its content."""

    id: str
    root: Root
    path: str
    certain: bool
    fingerprint: str
    size_bytes: int


def match_moves(
    files: Iterable[tuple[str, FoundFile]], gone: Sequence[GoneVideo], root: Root
) -> list[PossibleMove]:
    """Pair files of `root` (with their fingerprints) and videos; use each at most once.

    Videos that are certainly gone come first. Among equals, the order of preference is: same path,
    same name, same folder, any; then the order of `gone`.
    """
    moves: list[PossibleMove] = []
    left = dict.fromkeys(files)
    for certain in (True, False):
        unpaired = dict.fromkeys(video for video in gone if video.certain is certain)
        for key in (_path_key, _name_key, _folder_key, _any_key):
            moves += _pair(left, unpaired, key, root)
    return moves


def _path_key(root_id: int, path: str) -> Hashable:
    return root_id, path


def _name_key(_root_id: int, path: str) -> Hashable:
    return posixpath.basename(path)


def _folder_key(root_id: int, path: str) -> Hashable:
    return root_id, posixpath.dirname(path)


def _any_key(_root_id: int, _path: str) -> Hashable:
    return None


def _pair(
    files: dict[tuple[str, FoundFile], None],
    videos: dict[GoneVideo, None],
    key: Callable[[int, str], Hashable],
    root: Root,
) -> list[PossibleMove]:
    """Pair files and videos with equal keys, and remove them from `files` and `videos`."""
    by_key: defaultdict[Hashable, deque[GoneVideo]] = defaultdict(deque)
    for video in videos:
        by_key[video.fingerprint, key(video.root.id, video.path)].append(video)
    moves = []
    for fingerprint, file in list(files):
        candidates = by_key.get((fingerprint, key(root.id, file.path)))
        if candidates:
            video = candidates.popleft()
            moves.append(
                PossibleMove(
                    video.id, video.root, video.path, video.certain, file, video.size_bytes
                )
            )
            del files[fingerprint, file], videos[video]
    return moves


_PAGE = 1000
_MOST_SIZES = 100_000

FOUND_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    found_files.c.path,
    found_files.c.size_bytes,
    found_files.c.mtime_ns,
    found_files.c.unusable,
)
"""The columns that `found_file` needs."""


def found_file(row: sa.Row[Any]) -> FoundFile:
    """Convert a row of `FOUND_COLUMNS`."""
    return FoundFile(os.fsdecode(row.path), row.size_bytes, row.mtime_ns, row.unusable)


class Moves:
    """The moves of one scan; videos are recognized by fingerprint, except empty files."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        # Whether a video of this size may be gone; queried once per size, not once per file.
        self._sizes: dict[int, bool] = {}
        self._in_place: set[str] = set()

    def _may_have_moved(self) -> sa.ColumnElement[bool]:
        return (
            self._staging.mine()
            & found_files.c.state.in_((FoundState.NEW, FoundState.CHANGED))
            & found_files.c.unusable.is_(None)
            & (found_files.c.size_bytes > 0)
        )

    async def candidates(self, after: str | None, limit: int) -> list[FoundFile]:
        """Return files with the size of a video that may be gone, in path order."""
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
        """Store the fingerprints of files, by path."""
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
        """Yield all possible moves; see `Inventory.move_batches`."""
        after = ""
        while fingerprints := await self._fingerprints(after):
            after = fingerprints[-1]
            refused = -1
            while refused < len(self._in_place):
                refused = len(self._in_place)
                if moves := await self._match(fingerprints):
                    yield moves
            self._in_place.clear()

    def keep_in_place(self, moves: Collection[PossibleMove]) -> None:
        """Reject moves whose videos are still at their old path."""
        self._in_place.update(move.video_id for move in moves)

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
        gone = [video for video in gone if video.id not in self._in_place]
        return match_moves(files, gone, self._staging.root)

    async def _files_elsewhere(
        self, connection: AsyncConnection, fingerprints: Sequence[str]
    ) -> list[tuple[str, FoundFile]]:
        """Return the files with these fingerprints, except files at the path of their own video."""
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
        """Return the videos with these fingerprints that may be gone, oldest first."""
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
        root_map = root_map_of(connection)
        return [_gone_video(row, root_map) for row in await connection.execute(statement)]


def _gone_video(row: sa.Row[Any], root_map: RootMap) -> GoneVideo:
    root = Root(row.root_id, row.name, root_map.path_of(row.name, row.root_path))
    path = os.fsdecode(row.path)
    return GoneVideo(row.id, root, path, bool(row.certain), row.fingerprint, row.size_bytes)
