"""Conversion between videos and database rows."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.folded_text import search_lines, sort_key
from stoat_ferret.library.root_map import AS_RECORDED, RootMap
from stoat_ferret.library.tables import (
    media_infos,
    recipes,
    roots,
    tags,
    video_annotations,
    video_tags,
    video_watches,
    videos,
)
from stoat_ferret.library.video import Recipe, Root, ScannedFile, Video, VideoDetails, VideoStatus
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.media_record import Summary
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


async def tags_of(
    connection: AsyncConnection, rows: Iterable[sa.Row[Any]]
) -> Mapping[int, Sequence[str]]:
    """Return the ordered tag names by number for `rows` with the columns `number` and `labels`."""
    # Labels contain the tags; most videos have none and need no query.
    numbers = [row.number for row in rows if row.labels]
    if not numbers:
        return {}
    statement = (
        sa.select(video_tags.c.video_number, tags.c.name)
        .join(tags)
        .where(video_tags.c.video_number.in_(numbers))
        .order_by(tags.c.name_key)
    )
    names: defaultdict[int, list[str]] = defaultdict(list)
    for row in await connection.execute(statement):
        names[row.video_number].append(row.name)
    return names


UNKNOWN = -1
"""Stands for an unknown duration, width or height."""
UNKNOWN_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for an unknown recording time."""
_NOTHING_KNOWN = Summary(False, "", *[None] * 11)

_STATUS = {status.value: status for status in VideoStatus}

VIDEO_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    videos.c.number,
    videos.c.id,
    videos.c.path,
    # The title given by a user takes precedence over the title in the file.
    sa.func.coalesce(video_annotations.c.title, videos.c.title).label("title"),
    videos.c.status,
    videos.c.reason,
    videos.c.size_bytes,
    videos.c.mtime_ns,
    videos.c.added_at,
    videos.c.taken_at,
    videos.c.missing_since,
    videos.c.fingerprint,
    videos.c.duration_seconds,
    videos.c.width,
    videos.c.height,
    videos.c.rotation,
    videos.c.frame_rate,
    videos.c.video_codec,
    videos.c.audio_codec,
    videos.c.bit_rate,
    videos.c.container,
    videos.c.hdr,
    videos.c.thumbnail_version,
    videos.c.storyboard_version,
    videos.c.read_error,
    videos.c.read_failed_at,
    videos.c.labels,
    video_annotations.c.rating,
    video_annotations.c.favourite,
    video_watches.c.position_seconds,
    video_watches.c.watched,
    video_watches.c.changed_at.label("watched_at"),
    roots.c.id.label("root_id"),
    roots.c.name.label("root_name"),
    roots.c.path.label("root_path"),
)
"""The columns that `video_from_row` needs."""

VIDEO_TABLES = (
    videos.join(roots)
    .outerjoin(video_annotations, video_annotations.c.video_number == videos.c.number)
    .outerjoin(video_watches, video_watches.c.video_number == videos.c.number)
)
"""The tables that contain `VIDEO_COLUMNS`."""

DETAIL_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *VIDEO_COLUMNS,
    media_infos.c.media_info,
    video_annotations.c.notes,
    sa.func.coalesce(video_annotations.c.revision, 0).label("revision"),
    recipes.c.job_id,
    recipes.c.recipe,
    recipes.c.made_at,
)
"""The columns that `details_from_row` needs."""

DETAIL_TABLES = VIDEO_TABLES.outerjoin(
    media_infos, media_infos.c.video_number == videos.c.number
).outerjoin(
    recipes,
    (recipes.c.video_number == videos.c.number) & (recipes.c.fingerprint == videos.c.fingerprint),
)
"""The tables that contain `DETAIL_COLUMNS`."""


def video_from_row(
    row: sa.Row[Any], tags: Sequence[str] = (), root_map: RootMap = AS_RECORDED
) -> Video:
    """Convert a row that starts with `VIDEO_COLUMNS`, with its tags, to a video."""
    return Video(*_video_fields(tuple(row), tags, root_map))


def details_from_row(
    row: sa.Row[Any], tags: Sequence[str] = (), root_map: RootMap = AS_RECORDED
) -> VideoDetails:
    """Convert a row of `DETAIL_COLUMNS`, with its tags, to a video."""
    media_info = row.media_info and MediaInfo.model_validate_json(row.media_info)
    recipe = row.recipe and Recipe(row.job_id, json.loads(row.recipe), row.made_at)
    annotations = (row.notes, row.revision)
    return VideoDetails(
        *(*_video_fields(tuple(row), tags, root_map), media_info, *annotations, recipe)
    )


def _video_fields(row: tuple[Any, ...], tags: Sequence[str], root_map: RootMap) -> tuple[Any, ...]:
    """Return the field values of `Video`."""
    # Unpacked at once: access by name to thirty values in hundreds of rows takes longer than the
    # database query.
    (
        _number, video_id, path, title, status, reason, size_bytes, mtime_ns, added_at, recorded_at,
        missing_since, fingerprint, duration_seconds, width, height, rotation, frame_rate,
        video_codec, audio_codec, bit_rate, container, hdr, thumbnail_version, storyboard_version,
        read_error, read_failed_at, _labels, rating, favourite, position_seconds, watched,
        watched_at, root_id, root_name, root_path, *_,
    ) = row  # fmt: skip
    if width == UNKNOWN:
        width = height = rotation = None
    return (
        video_id,
        _root(root_id, root_name, root_path, root_map),
        os.fsdecode(path),
        title,
        _STATUS[status] if missing_since is None else VideoStatus.MISSING,
        reason,
        size_bytes,
        mtime_ns,
        added_at,
        None if recorded_at == UNKNOWN_MOMENT else recorded_at,
        missing_since,
        fingerprint,
        None if duration_seconds == UNKNOWN else duration_seconds,
        width,
        height,
        rotation,
        frame_rate,
        video_codec,
        audio_codec,
        bit_rate,
        container,
        hdr,
        thumbnail_version,
        storyboard_version,
        rating,
        favourite == 1,
        tuple(tags),
        read_error,
        read_failed_at,
        position_seconds or 0.0,
        bool(watched),
        watched_at,
    )


@lru_cache
def _root(root_id: int, name: str, path: bytes, root_map: RootMap) -> Root:
    return Root(root_id, name, root_map.path_of(name, path))


def path_columns(path: str, title: str | None) -> dict[str, Any]:
    """Return the columns for a path relative to its root, and for searching the title."""
    folder, name = os.path.split(path)
    return {
        "path": os.fsencode(path),
        "folder": storable(f"{folder}/") if folder else "",
        "name": storable(name),
        "name_key": sort_key(name),
        "searchable": search_lines(path, title),
    }


def scanned_columns(scanned: ScannedFile) -> dict[str, Any]:
    """Return the columns that a scan fills in, except the complete media information."""
    known = scanned.media.summary if scanned.media else _NOTHING_KNOWN
    title = None if known.title is None else storable(known.title)
    duration_seconds = known.duration_seconds
    return {
        **path_columns(scanned.file.path, title),
        "title": title,
        "status": scanned.status.value,
        "reason": None if scanned.reason is None else storable(scanned.reason),
        "size_bytes": max(scanned.file.size_bytes, 0),
        "mtime_ns": scanned.file.mtime_ns,
        "fingerprint": scanned.fingerprint,
        "probe_version": scanned.probe_version,
        "duration_seconds": UNKNOWN if duration_seconds is None else duration_seconds,
        "height": _whole(known.height, 32, UNKNOWN),
        "video_codec": None if known.video_codec is None else storable(known.video_codec),
        "hdr": known.hdr,
        "width": _whole(known.width, 32, UNKNOWN),
        "rotation": _whole(known.rotation, 16, 0),
        "frame_rate": known.frame_rate,
        "audio_codec": None if known.audio_codec is None else storable(known.audio_codec),
        "bit_rate": known.bit_rate,
        "container": known.container or None,
        "taken_at": datetime.fromisoformat(known.taken_at) if known.taken_at else UNKNOWN_MOMENT,
    }


def read_error_columns(scanned: ScannedFile, now: datetime) -> dict[str, Any]:
    """Return the columns of the read error; all None if the file was read."""
    if scanned.read_error is None:
        return {"read_error": None, "read_failed_at": None}
    return {"read_error": storable(scanned.read_error), "read_failed_at": now}


def _whole(value: int | None, bits: int, otherwise: int | None) -> int | None:
    """Return `value` if it fits into a signed column of `bits` bits, else `otherwise`."""
    limit = 1 << (bits - 1)
    return value if value is not None and -limit <= value < limit else otherwise
