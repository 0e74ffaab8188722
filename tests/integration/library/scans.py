"""Files that exist only as numbers, and scans of them as the scanner makes them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa

from stoat_ferret.library.reconcile.inventory import Comparison, Inventory, PossibleMove
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.media_info import MediaInfo, VideoStream
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root

PROBE_VERSION = 7


@dataclass(frozen=True)
class Content:
    """A file on the model's disk; its fingerprint is made of `text` and its size."""

    text: str
    size_bytes: int
    mtime_ns: int

    @property
    def fingerprint(self) -> str:
        """The fingerprint that a prober would return."""
        return f"{self.size_bytes}:{self.text}"


Disk = dict[tuple[int, str], Content]
"""The files by root id and path."""


@dataclass
class Outcome:
    """The result of a scan."""

    comparison: Comparison
    returned: int = 0
    moved: int = 0
    missing: int = 0
    added: int = 0
    updated: int = 0
    read: list[str] = field(default_factory=list)


def media_info(size_bytes: int = 1, *, title: str | None = None, height: int = 1080) -> MediaInfo:
    """Return media information of some video."""
    stream = VideoStream(
        index=0, codec="h264", coded_width=1920, coded_height=height, width=1920, height=height
    )
    tags = {} if title is None else {"title": title}
    return MediaInfo(
        container="mov", duration_seconds=3.0, size_bytes=size_bytes, tags=tags, video=(stream,)
    )


def scanned(
    file: FoundFile, fingerprint: str | None, *, version: int = PROBE_VERSION
) -> ScannedFile:
    """Return a file that turned out to be a video."""
    return ScannedFile(
        file=file,
        status=VideoStatus.OK,
        reason=None,
        fingerprint=fingerprint,
        media=MediaRecord.of(media_info(file.size_bytes)),
        probe_version=version,
    )


def bad(file: FoundFile, reason: str = "broken") -> ScannedFile:
    """Return a file that turned out not to be a video."""
    return ScannedFile(
        file=file,
        status=VideoStatus.BAD,
        reason=reason,
        fingerprint=None,
        media=None,
        probe_version=PROBE_VERSION,
    )


def open_inventory(
    database: Database,
    root: Root,
    folder: str = "",
    *,
    recursive: bool = True,
    force: bool = False,
    version: int = PROBE_VERSION,
) -> AbstractAsyncContextManager[Inventory]:
    """Open an inventory for one scan."""
    return Inventory.open(
        database,
        scan_id=str(uuid4()),
        root=root,
        folder=folder,
        recursive=recursive,
        force=force,
        probe_version=version,
    )


def in_scope(path: str, folder: str, *, recursive: bool) -> bool:
    """Return whether a scan of `folder` covers `path`."""
    if not recursive:
        return posixpath.dirname(path) == folder
    return not folder or path.startswith(f"{folder}/")


def files_in(
    disk: Disk, root: Root, folder: str = "", *, recursive: bool = True
) -> list[FoundFile]:
    """Return the files that discovery would find."""
    return [
        FoundFile(path, content.size_bytes, content.mtime_ns)
        for (root_id, path), content in disk.items()
        if root_id == root.id and in_scope(path, folder, recursive=recursive)
    ]


async def scan(
    database: Database,
    root: Root,
    disk: Disk,
    folder: str = "",
    *,
    recursive: bool = True,
    force: bool = False,
    version: int = PROBE_VERSION,
    page_size: int = 3,
) -> Outcome:
    """Bring the library up to date with `disk`, as the scanner does, by default in small pages."""
    async with open_inventory(
        database, root, folder, recursive=recursive, force=force, version=version
    ) as inventory:
        await inventory.add(files_in(disk, root, folder, recursive=recursive))
        outcome = Outcome(await inventory.compare())
        outcome.returned = await inventory.settle_unchanged()
        outcome.moved = await follow_moves(inventory, root, disk, page_size)
        outcome.missing = await inventory.mark_missing()
        after: str | None = None
        while files := await inventory.pending(after=after, limit=page_size):
            after = files[-1].path
            outcome.read += [file.path for file in files]
            counts = await inventory.save(
                [
                    scanned(file, disk[root.id, file.path].fingerprint, version=version)
                    for file in files
                ]
            )
            outcome.added += counts.added
            outcome.updated += counts.updated
    return outcome


async def follow_moves(inventory: Inventory, root: Root, disk: Disk, page_size: int = 2) -> int:
    """Recognize moves, verify and save them."""

    def is_gone(move: PossibleMove) -> bool:
        there = disk.get((move.video_root.id, move.old_path))
        return move.certain or there is None or there.size_bytes != move.old_size_bytes

    after: str | None = None
    while files := await inventory.move_candidates(after=after, limit=page_size):
        after = files[-1].path
        await inventory.set_fingerprints(
            {file.path: disk[root.id, file.path].fingerprint for file in files}
        )
    moved = 0
    async for moves in inventory.move_batches():
        gone = [move for move in moves if is_gone(move)]
        inventory.keep_in_place([move for move in moves if not is_gone(move)])
        moved += await inventory.apply_moves(gone)
    return moved


@dataclass(frozen=True)
class Record:
    """The columns of a video that matter to scans."""

    id: str
    root_id: int
    path: str
    fingerprint: str | None
    is_missing: bool


async def records(
    database: Database, chosen: Callable[[Record], bool] = lambda _: True
) -> list[Record]:
    """Return all rows, in the order they were added."""
    statement = sa.select(videos).order_by(videos.c.number)
    async with database.read() as connection:
        rows = await connection.execute(statement)
        found = [
            Record(
                row.id,
                row.root_id,
                row.path.decode(errors="surrogateescape"),
                row.fingerprint,
                row.missing_since is not None,
            )
            for row in rows
        ]
    return [record for record in found if chosen(record)]


async def ids(database: Database) -> Mapping[str, str]:
    """Return the ids of the present rows, by path."""
    return {row.path: row.id for row in await records(database) if not row.is_missing}
