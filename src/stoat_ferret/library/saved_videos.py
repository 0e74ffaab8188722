"""The annotations and records that bulk edits replace, as JSON, and their restoring."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import UtcDateTime, insert
from stoat_ferret.library.annotations import (
    VALUES,
    VideoEdit,
    change_tags,
    drop_unused_tags,
    relabel,
)
from stoat_ferret.library.collection_positions import positions_of, restore_positions
from stoat_ferret.library.marker_rows import insert_markers, saved_markers
from stoat_ferret.library.rows import tags_of
from stoat_ferret.library.tables import (
    markers,
    media_infos,
    recipes,
    undo_videos,
    video_annotations,
    video_tags,
    video_watches,
    videos,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_WITH_VIDEO = (media_infos, video_annotations, video_watches, recipes)
"""The tables with at most one row for each video, which are removed with it."""


@dataclass(frozen=True, slots=True)
class SavedVideo:
    """A row of `undo_videos`: the video `before` the edit, and its revisions before and after."""

    position: int
    video_id: str
    revision_before: int
    revision: int
    before: dict[str, Any]


async def numbers_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, int]:
    """Return the numbers of the videos with these ids, as far as they exist."""
    known = sa.select(videos.c.id, videos.c.number).where(videos.c.id.in_(ids))
    return {row.id: row.number for row in await connection.execute(known)}


async def save_annotations(
    connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit
) -> dict[str, dict[str, Any]]:
    """Return what `edit` will replace, as values of columns of `undo_videos`, by video id."""
    annotated = videos.outerjoin(
        video_annotations, video_annotations.c.video_number == videos.c.number
    )
    names = [name for name in VALUES if name in edit.changed]
    statement = (
        sa.select(videos.c.id, videos.c.number, videos.c.labels, video_annotations.c.revision)
        .add_columns(*(video_annotations.c[name] for name in names))
        .select_from(annotated)
        .where(videos.c.number.in_(numbers))
    )
    rows = (await connection.execute(statement)).all()
    has_tags = "tags" in edit.changed
    tags = await tags_of(connection, rows) if has_tags else {}
    saved = {}
    for row in rows:
        before: dict[str, Any] = {name: getattr(row, name) for name in names}
        if has_tags:
            before["tags"] = list(tags.get(row.number, ()))
        revision = row.revision or 0
        saved[row.id] = {
            "before": json.dumps(before),
            "revision_before": revision,
            "revision": revision + 1,
        }
    return saved


async def restore_annotations(connection: AsyncConnection, saved: Sequence[SavedVideo]) -> int:
    """Put back what an edit has replaced, and return for how many videos.

    Videos are left as they are if they were edited since, or no longer exist.
    """
    found = await _revisions(connection, [one.video_id for one in saved])
    by_number = {
        found[one.video_id][0]: one
        for one in saved
        if one.video_id in found and found[one.video_id][1] == one.revision
    }
    if not by_number:
        return 0
    await _restore_values(connection, by_number)
    await _restore_tags(
        connection,
        {number: one.before["tags"] for number, one in by_number.items() if "tags" in one.before},
    )
    if any(one.before.keys() & {"title", "tags"} for one in by_number.values()):
        await relabel(connection, list(by_number))
    await _join_revisions(connection, by_number.values())
    return len(by_number)


async def _revisions(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the number and the revision of each of these videos that exists."""
    revision = sa.func.coalesce(video_annotations.c.revision, 0).label("revision")
    annotated = videos.outerjoin(
        video_annotations, video_annotations.c.video_number == videos.c.number
    )
    statement = sa.select(videos.c.id, videos.c.number, revision).select_from(annotated)
    rows = await connection.execute(statement.where(videos.c.id.in_(ids)))
    return {row.id: (row.number, row.revision) for row in rows}


async def _restore_values(connection: AsyncConnection, saved: Mapping[int, SavedVideo]) -> None:
    (names,) = {tuple(name for name in VALUES if name in one.before) for one in saved.values()}
    changed = {"revision": video_annotations.c.revision + 1, "changed_at": datetime.now(UTC)}
    update = (
        sa.update(video_annotations)
        .where(video_annotations.c.video_number == sa.bindparam("which"))
        .values(changed | {name: sa.bindparam(f"old_{name}") for name in names})
    )
    values = [
        {"which": number, **{f"old_{name}": one.before[name] for name in names}}
        for number, one in saved.items()
    ]
    await connection.execute(update, values)


async def _restore_tags(connection: AsyncConnection, tags: Mapping[int, Collection[str]]) -> None:
    if not tags:
        return
    # Videos with the same tags together: most of a bulk edit had the same, or none.
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, names in tags.items():
        alike.setdefault(tuple(names), []).append(number)
    await connection.execute(sa.delete(video_tags).where(video_tags.c.video_number.in_(list(tags))))
    # Spellings that nothing has any more must not survive.
    await drop_unused_tags(connection)
    for names, numbers in alike.items():
        await change_tags(connection, numbers, VideoEdit(add_tags=names))


async def _join_revisions(connection: AsyncConnection, saved: Collection[SavedVideo]) -> None:
    """Let earlier edits of the same videos be undone: nothing has changed since them."""
    update = (
        sa.update(undo_videos)
        .where(undo_videos.c.video_id == sa.bindparam("which"))
        .where(undo_videos.c.revision == sa.bindparam("before_edit"))
        .values(revision=sa.bindparam("now"))
    )
    await connection.execute(
        update,
        [
            {"which": one.video_id, "before_edit": one.revision_before, "now": one.revision + 1}
            for one in saved
        ],
    )


async def save_records(
    connection: AsyncConnection, numbers: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """Return whole records, as values of columns of `undo_videos`, by video id."""
    rows = (await connection.execute(sa.select(videos).where(videos.c.number.in_(numbers)))).all()
    tags = await tags_of(connection, rows)
    positions = await positions_of(connection, numbers)
    moments = await saved_markers(connection, markers.c.video_number.in_(numbers))
    others: dict[int, dict[str, Any]] = {row.number: {} for row in rows}
    for table in _WITH_VIDEO:
        mine = sa.select(table).where(table.c.video_number.in_(numbers))
        for other in await connection.execute(mine):
            others[other.video_number][table.name] = _as_json(other)
    return {
        row.id: {
            "before": json.dumps(
                {
                    videos.name: _as_json(row),
                    **others[row.number],
                    "tags": list(tags.get(row.number, ())),
                    "collections": positions.get(row.number, {}),
                    "markers": moments.get(row.number, []),
                }
            ),
            "fingerprint": row.fingerprint,
            "revision_before": others[row.number]
            .get(video_annotations.name, {})
            .get("revision", 0),
            "revision": None,
        }
        for row in rows
    }


def _as_json(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row._mapping.items()}  # noqa: SLF001  its public name


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _columns(table: sa.Table, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the columns that `table` has; the reverse of `_as_json`."""
    return {
        column.name: _value(column, saved[column.name])
        for column in table.columns
        if column.name in saved
    }


def _value(column: sa.Column[Any], plain: Any) -> Any:
    if plain is None:
        return None
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(plain)
    return datetime.fromisoformat(plain) if isinstance(column.type, UtcDateTime) else plain


async def restore_records(connection: AsyncConnection, saved: Sequence[SavedVideo]) -> int:
    """Put removed records back with their ids, and return how many.

    If a scan has added the file again meanwhile, its new record takes on the id and the
    annotations of the old one, unless somebody has annotated it.
    """
    records = {one.video_id: one.before for one in saved}
    known = await numbers_of(connection, list(records))
    rows = {
        video_id: _columns(videos, record[videos.name])
        for video_id, record in records.items()
        if video_id not in known
    }
    again = await _added_again(connection, rows)
    adopted = {video_id: number for video_id, number in again.items() if number is not None}
    new = {video_id: row for video_id, row in rows.items() if video_id not in again}
    await _insert(connection, new)
    for video_id, number in adopted.items():
        takes = sa.update(videos).where(videos.c.number == number)
        await connection.execute(takes.values(id=video_id, added_at=rows[video_id]["added_at"]))
        own = sa.delete(video_annotations).where(video_annotations.c.video_number == number)
        await connection.execute(own)
    numbers = await numbers_of(connection, [*new, *adopted])
    await _insert_others(connection, {number: records[one] for one, number in numbers.items()})
    await _restore_tags(
        connection, {number: records[one]["tags"] for one, number in numbers.items()}
    )
    # Older records have none.
    places = {number: records[one].get("collections", {}) for one, number in numbers.items()}
    await restore_positions(connection, places)
    moments = {number: records[one].get("markers", []) for one, number in numbers.items()}
    await insert_markers(connection, moments)
    await relabel(connection, list(numbers.values()))
    return len(numbers)


async def _added_again(
    connection: AsyncConnection, rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, int | None]:
    """Return the numbers of new records of the same files, by old id; None if annotated."""
    is_tagged = sa.exists().where(video_tags.c.video_number == videos.c.number)
    said = [video_annotations.c[name].is_not(None) for name in VALUES]
    annotated = videos.outerjoin(
        video_annotations, video_annotations.c.video_number == videos.c.number
    )
    found: dict[tuple[int, bytes], Any] = {}
    for root_id in {row["root_id"] for row in rows.values()}:
        paths = [row["path"] for row in rows.values() if row["root_id"] == root_id]
        statement = (
            sa.select(videos.c.number, videos.c.path, videos.c.fingerprint)
            .add_columns(sa.or_(is_tagged, *said).label("is_annotated"))
            .select_from(annotated)
            .where(videos.c.root_id == root_id, videos.c.path.in_(paths))
            .where(videos.c.missing_since.is_(None))
        )
        for row in await connection.execute(statement):
            found[root_id, row.path] = row
    again: dict[str, int | None] = {}
    taken: set[tuple[int, bytes]] = set()
    for video_id, columns in rows.items():
        place, was_there = (columns["root_id"], columns["path"]), columns["missing_since"] is None
        other = found.get(place)
        if other is not None and (was_there or other.fingerprint == columns["fingerprint"]):
            # Several removed videos may have had this path last: the newest one gets it.
            again[video_id] = None if other.is_annotated or place in taken else other.number
            taken.add(place)
        elif was_there and place in taken:
            again[video_id] = None
        elif was_there:
            taken.add(place)
    return again


async def _insert(connection: AsyncConnection, rows: Mapping[str, dict[str, Any]]) -> None:
    """Insert records, each with its old number unless another has it now."""
    numbers = [row["number"] for row in rows.values()]
    taken = set(
        await connection.scalars(sa.select(videos.c.number).where(videos.c.number.in_(numbers)))
    )
    kept = [row for row in rows.values() if row["number"] not in taken]
    renumbered = [
        {name: value for name, value in row.items() if name != "number"}
        for row in rows.values()
        if row["number"] in taken
    ]
    for part in (kept, renumbered):
        if part:
            await connection.execute(sa.insert(videos), part)


async def _insert_others(
    connection: AsyncConnection, records: Mapping[int, Mapping[str, Any]]
) -> None:
    for table in _WITH_VIDEO:
        rows = [
            {**_columns(table, record[table.name]), "video_number": number}
            for number, record in records.items()
            if table.name in record
        ]
        if rows:
            # An adopted record has the facts of the newer scan.
            await connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)
