"""Versions of thumbnails and storyboards; equal content has equal versions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.errors import VideoNotFoundError
from stoat_ferret.library.root_map import root_map_of
from stoat_ferret.library.tables import roots, undo_videos, videos
from stoat_ferret.library.video import Root, VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.scope import Scope


async def save_versions(
    connection: AsyncConnection, column: sa.Column[int], versions: Mapping[str, int]
) -> None:
    """Set `column` of all videos with these fingerprints."""
    if versions:
        statement = (
            sa.update(videos)
            .where(videos.c.fingerprint == sa.bindparam("content"))
            .values({column.name: sa.bindparam("made_with")})
        )
        rows = [{"content": content, "made_with": made} for content, made in versions.items()]
        await connection.execute(statement, rows)


def kept_versions() -> dict[str, sa.ColumnElement[int]]:
    """Return the versions to store when a video is read again; bind them with `kept_values`.

    If the content has changed, its pictures no longer count.
    """
    given = sa.bindparam("content", type_=videos.c.fingerprint.type)
    made = sa.bindparam("made_with", type_=videos.c.thumbnail_version.type)
    is_same = videos.c.fingerprint == given
    return {
        "thumbnail_version": sa.case(
            (made != 0, made), (is_same, videos.c.thumbnail_version), else_=0
        ),
        "storyboard_version": sa.case((is_same, videos.c.storyboard_version), else_=0),
    }


def kept_values(fingerprint: str | None, thumbnail_version: int) -> dict[str, str | int | None]:
    """Return the parameters for `kept_versions`."""
    return {"content": fingerprint, "made_with": thumbnail_version}


@dataclass(frozen=True, slots=True)
class Picturable:
    """A video that can have a storyboard; `path` is relative to the root."""

    number: int
    root: Root
    path: str
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class Amount:
    """The number of videos and their total duration; unknown durations count as zero."""

    videos: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pictures of a video; version 0 means not made yet, negative means none possible."""

    id: str
    status: str
    fingerprint: str | None
    thumbnail_version: int
    storyboard_version: int


class PictureVersions:
    """Reads and writes picture versions, and finds videos without pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, video_id: str) -> Pictured:
        """Return the picture versions of a video. Raises `VideoNotFoundError`."""
        columns = [videos.c[name] for name in Pictured.__slots__]
        statement = sa.select(*columns).where(videos.c.id == storable(video_id))
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            raise VideoNotFoundError(video_id)
        return Pictured(*row)

    async def count(self, wanted: sa.ColumnElement[bool]) -> Amount:
        """Count the videos that match `wanted`; see `without_storyboard` and `with_ids`."""
        known = sa.case((videos.c.duration_seconds > 0, videos.c.duration_seconds), else_=0.0)
        statement = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(known), 0.0))
        async with self._database.read() as connection:
            count, seconds = (await connection.execute(statement.where(wanted))).one()
        return Amount(count, float(seconds))

    async def page(
        self, wanted: sa.ColumnElement[bool], *, after: int, limit: int
    ) -> list[Picturable]:
        """Return the next matching videos, in order of their numbers."""
        statement = (
            sa.select(
                videos.c.number,
                videos.c.path,
                videos.c.duration_seconds,
                roots.c.id,
                roots.c.name,
                roots.c.path.label("root_path"),
            )
            .select_from(videos.join(roots))
            .where(wanted, videos.c.number > after)
            .order_by(videos.c.number)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
            root_map = root_map_of(connection)
        return [
            Picturable(
                row.number,
                Root(row.id, row.name, root_map.path_of(row.name, row.root_path)),
                os.fsdecode(row.path),
                max(row.duration_seconds, 0.0),
            )
            for row in rows
        ]

    async def are_there(self) -> bool:
        """Return whether any video has pictures."""
        has_any = (videos.c.thumbnail_version > 0) | (videos.c.storyboard_version > 0)
        async with self._database.read() as connection:
            return bool(await connection.scalar(sa.select(sa.exists().where(has_any))))

    async def set_storyboard(self, fingerprint: str, version: int) -> None:
        """Store the version that made the storyboard of this content."""
        async with self._database.write() as connection:
            await save_versions(connection, videos.c.storyboard_version, {fingerprint: version})

    async def set_storyboard_of(self, number: int, version: int) -> None:
        """Store the version for a single video whose content could not be read."""
        statement = sa.update(videos).where(videos.c.number == number)
        async with self._database.write() as connection:
            await connection.execute(statement.values(storyboard_version=version))

    async def forget(self, fingerprint: str) -> None:
        """Reset the versions of deleted pictures; the next scan makes the thumbnail again."""
        async with self._database.write() as connection:
            for column in (videos.c.thumbnail_version, videos.c.storyboard_version):
                await save_versions(connection, column, {fingerprint: 0})

    async def known(self, fingerprints: Collection[str]) -> set[str]:
        """Return the `fingerprints` that videos have.

        Missing videos count, and removed ones as long as they can be restored.
        """
        found: set[str] = set()
        async with self._database.read() as connection:
            for part in slices(list(fingerprints)):
                for column in (videos.c.fingerprint, undo_videos.c.fingerprint):
                    statement = sa.select(column).where(column.in_(part))
                    found.update(filter(None, await connection.scalars(statement)))
        return found


def without_storyboard(version: int, scope: Scope | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a usable video has no storyboard made by `version`."""
    condition = _is_usable() & (sa.func.abs(videos.c.storyboard_version) != version)
    return condition if scope is None else condition & scope.holds()


def with_ids(version: int, ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a usable video has one of `ids` and no storyboard by `version`.

    Videos for which no storyboard could be made are tried again.
    """
    return videos.c.id.in_([storable(video_id) for video_id in ids]) & lacks_storyboard(version)


def lacks_storyboard(version: int) -> sa.ColumnElement[bool]:
    """Return the condition of `with_ids` for any video."""
    return _is_usable() & (videos.c.storyboard_version != version)


def _is_usable() -> sa.ColumnElement[bool]:
    return (videos.c.status == VideoStatus.OK.value) & videos.c.missing_since.is_(None)
