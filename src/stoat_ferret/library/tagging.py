"""Gives tags to videos and takes them away, many at once, inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import TooManyTagsError
from stoat_ferret.library.edit import KEEP, MAX_TAGS_OF_VIDEO
from stoat_ferret.library.tables import tags, video_annotations, video_tags, videos
from stoat_ferret.library.tags_of_videos import tags_of
from stoat_ferret.library.text import fold, plain, search_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.edit import VideoEdit


async def change_tags(connection: AsyncConnection, numbers: Sequence[int], edit: VideoEdit) -> None:
    """Change the tags of the videos with these numbers, as many as fit into one statement.

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
    await _refuse_too_many(connection, numbers)


async def drop_unused_tags(connection: AsyncConnection) -> None:
    """Delete the tags that no video has any more."""
    is_used = sa.exists().where(video_tags.c.tag_id == tags.c.id)
    await connection.execute(sa.delete(tags).where(~is_used))


async def relabel(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Bring what is searched of these videos up to date with their titles and tags."""
    said = videos.outerjoin(video_annotations, video_annotations.c.video_number == videos.c.number)
    statement = (
        # As if each had labels: those tell who has tags, and are what is being made.
        sa.select(videos.c.number, videos.c.labels.label("old"), sa.literal(1).label("labels"))
        .add_columns(video_annotations.c.title)
        .select_from(said)
        .where(videos.c.number.in_(numbers))
    )
    rows = (await connection.execute(statement)).all()
    names = await tags_of(connection, rows)
    labels = {row.number: search_lines(row.title, *names.get(row.number, ())) for row in rows}
    changed = [
        {"row": row.number, "new": labels[row.number]}
        for row in rows
        if row.old != labels[row.number]
    ]
    if changed:
        update = sa.update(videos).where(videos.c.number == sa.bindparam("row"))
        await connection.execute(update.values(labels=sa.bindparam("new")), changed)


async def _ids(connection: AsyncConnection, names: Iterable[str]) -> list[int]:
    """The ids of the tags with these names, made where there is none yet."""
    by_key = {fold(name): plain(name) for name in reversed(list(names))}
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


async def _refuse_too_many(connection: AsyncConnection, numbers: Sequence[int]) -> None:
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
