"""Titles, tags, ratings, notes and favourite marks that users give to videos."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import (
    TooManyTagsError,
    VideoChangedError,
    VideoNotFoundError,
)
from stoat_ferret.folded_text import fold, search_lines
from stoat_ferret.library.rows import tags_of
from stoat_ferret.library.tables import markers, tags, video_annotations, video_tags, videos
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_TITLE_LENGTH = 500
MAX_NOTES_LENGTH = 10_000
"""Small enough that notes fit into one request in any script."""
MAX_TAG_LENGTH = 100
MAX_TAGS_OF_VIDEO = 100


class Keep(Enum):
    """A marker for a value that stays as it is, as opposed to None, which clears it."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
VALUES = ("title", "rating", "notes", "favourite")
"""The columns of annotations that are edited, named as in `VideoEdit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoEdit:
    """Changes to the annotations of videos, the same for each video.

    `tags` replaces all tags; `add_tags` and `remove_tags` keep the others. A rating is from 1 to 5.
    Tag names are compared ignoring case and accents.
    """

    title: str | Literal[Keep.KEEP] | None = KEEP
    rating: int | Literal[Keep.KEEP] | None = KEEP
    notes: str | Literal[Keep.KEEP] | None = KEEP
    favourite: bool | Literal[Keep.KEEP] = KEEP
    tags: Sequence[str] | Literal[Keep.KEEP] = KEEP
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()

    @property
    def has_labels(self) -> bool:
        """True if the edit changes searchable text."""
        return bool(self.changed & {"title", "tags"})

    @property
    def changed(self) -> set[str]:
        """The changed ones of `VALUES`, and `tags`."""
        names = {name for name in VALUES if getattr(self, name) is not KEEP}
        has_tags = self.tags is not KEEP or self.add_tags or self.remove_tags
        return names | {"tags"} if has_tags else names

    @property
    def is_empty(self) -> bool:
        """True if the edit changes nothing."""
        return not self.changed


async def change_tags(connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit) -> None:
    """Change the tags of the videos with these numbers, which must fit into one statement.

    Raises `TooManyTagsError`.
    """
    if edit.tags is not KEEP:
        wanted = await _ids(connection, edit.tags)
        others = video_tags.c.tag_id.not_in(wanted)
        await _untag(connection, numbers, others)
        await _tag(connection, numbers, wanted)
    await _tag(connection, numbers, await _ids(connection, edit.add_tags))
    keys = {fold(name) for name in edit.remove_tags}
    removed = sa.select(tags.c.id).where(tags.c.name_key.in_(keys))
    if keys:
        await _untag(connection, numbers, video_tags.c.tag_id.in_(removed))
    await _require_tag_limit(connection, numbers)


async def drop_unused_tags(connection: AsyncConnection) -> None:
    """Delete tags that no video has."""
    is_used = sa.exists().where(video_tags.c.tag_id == tags.c.id)
    await connection.execute(sa.delete(tags).where(~is_used))


async def relabel(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Update the searchable labels of these videos from their titles, tags and markers."""
    annotated = videos.outerjoin(
        video_annotations, video_annotations.c.video_number == videos.c.number
    )
    statement = (
        # `tags_of` skips rows without labels, and those are only computed here.
        sa.select(videos.c.number, videos.c.labels.label("old"), sa.literal(1).label("labels"))
        .add_columns(video_annotations.c.title)
        .select_from(annotated)
        .where(videos.c.number.in_(numbers))
    )
    rows = (await connection.execute(statement)).all()
    names = await tags_of(connection, rows)
    of_markers = await _texts_of_markers(connection, numbers)
    labels = {
        row.number: "\n".join(
            filter(
                None,
                (search_lines(row.title, *names.get(row.number, ())), *of_markers[row.number]),
            )
        )
        for row in rows
    }
    changed = [
        {"row": row.number, "new": labels[row.number]}
        for row in rows
        if row.old != labels[row.number]
    ]
    if changed:
        update = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
        await connection.execute(update.values(labels=sa.bindparam("new")), changed)


async def _texts_of_markers(
    connection: AsyncConnection, numbers: Sequence[int]
) -> Mapping[int, Sequence[str]]:
    """Return the searchable texts of the markers of these videos, by number."""
    statement = sa.select(markers.c.video_number, markers.c.searchable)
    mine = statement.where(markers.c.video_number.in_(numbers)).order_by(markers.c.number)
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for row in await connection.execute(mine):
        texts[row.video_number].append(row.searchable)
    return texts


async def _ids(connection: AsyncConnection, names: Iterable[str]) -> list[int]:
    """Return the ids of the tags with these names; create missing tags."""
    by_key = {fold(name): storable(name) for name in reversed(list(names))}
    if not by_key:
        return []
    rows = [{"name": name, "name_key": key} for key, name in by_key.items()]
    await connection.execute(insert(connection, tags).on_conflict_do_nothing(), rows)
    known = sa.select(tags.c.id).where(tags.c.name_key.in_(list(by_key)))
    return list(await connection.scalars(known))


async def _tag(connection: AsyncConnection, numbers: Sequence[int], ids: Sequence[int]) -> None:
    rows = [{"video_number": number, "tag_id": tag} for number in numbers for tag in ids]
    if rows:
        await connection.execute(insert(connection, video_tags).on_conflict_do_nothing(), rows)


async def _untag(
    connection: AsyncConnection, numbers: Sequence[int], which: sa.ColumnElement[bool]
) -> None:
    mine = video_tags.c.video_number.in_(numbers)
    await connection.execute(sa.delete(video_tags).where(mine, which))


async def _require_tag_limit(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    count = sa.func.count()
    statement = (
        sa.select(video_tags.c.video_number)
        .where(video_tags.c.video_number.in_(numbers))
        .group_by(video_tags.c.video_number)
        .having(count > MAX_TAGS_OF_VIDEO)
        .limit(1)
    )
    if (await connection.execute(statement)).first() is not None:
        raise TooManyTagsError(MAX_TAGS_OF_VIDEO)


SLICE = 200
"""Videos per statement, so that the event loop is never blocked for long."""


class Annotations:
    """Writes annotations. Scans never change them; they are deleted with the record.

    Every edit is one atomic transaction. It increments the revision of each video it changes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def edit(
        self, video_id: str, edit: VideoEdit, *, revisions: Collection[int] | None
    ) -> None:
        """Edit one video if its revision is in `revisions`; None accepts any revision.

        Raises `VideoNotFoundError`, `VideoChangedError` or `TooManyTagsError`.
        """
        async with self._database.write() as connection:
            found = await _find(connection, video_id)
            if found is None:
                raise VideoNotFoundError(video_id)
            number, revision = found
            if revisions is not None and revision not in revisions:
                raise VideoChangedError(video_id)
            if not edit.is_empty:
                await edit_numbers(connection, [number], edit)


async def _find(connection: AsyncConnection, video_id: str) -> tuple[int, int] | None:
    """Return the number and the revision of a video; None if it does not exist."""
    revision = sa.func.coalesce(video_annotations.c.revision, 0).label("revision")
    annotated = videos.outerjoin(
        video_annotations, video_annotations.c.video_number == videos.c.number
    )
    statement = sa.select(videos.c.number, revision).select_from(annotated)
    found = await connection.execute(statement.where(videos.c.id == storable(video_id)))
    row = found.one_or_none()
    return None if row is None else (row.number, row.revision)


async def edit_numbers(
    connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit
) -> None:
    """Edit the videos with these numbers. Raises `TooManyTagsError`."""
    if edit.has_labels:
        # Include tags of forgotten videos: their spelling must not survive.
        await drop_unused_tags(connection)
    for start in range(0, len(numbers), SLICE):
        part = numbers[start : start + SLICE]
        await _write(connection, part, edit)
        await change_tags(connection, part, edit)
        if edit.has_labels:
            await relabel(connection, part)
    if edit.has_labels:
        await drop_unused_tags(connection)


async def _write(connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit) -> None:
    given = {
        name: storable(value) if isinstance(value, str) else value
        for name in VALUES
        if (value := getattr(edit, name)) is not KEEP
    }
    if "favourite" in given:
        given["favourite"] = 1 if given["favourite"] else None
    now = {"changed_at": datetime.now(UTC)}
    statement = insert(connection, video_annotations)
    upsert = statement.on_conflict_do_update(
        index_elements=["video_number"],
        set_={
            **{name: statement.excluded[name] for name in (*given, *now)},
            "revision": video_annotations.c.revision + 1,
        },
    )
    rows = [{"video_number": number, "revision": 1, **given, **now} for number in numbers]
    await connection.execute(upsert, rows)
