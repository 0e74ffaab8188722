"""The resolving of duplicates: one copy is kept and takes over the details of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import DuplicatesChangedError
from stoat_ferret.library.annotations import MAX_NOTES_LENGTH, VideoEdit, edit_numbers
from stoat_ferret.library.bulk_edits import keep_replaced, set_counts, stage
from stoat_ferret.library.duplicates import is_copy, read_copies
from stoat_ferret.library.saved_videos import numbers_of, save_annotations
from stoat_ferret.library.tables import resolved_duplicates, undo_videos, videos
from stoat_ferret.library.undo import RESOLVE, SLICE, create_undo
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.duplicates import Copy
    from stoat_ferret.library.undo import Undo

_EVERY_DETAIL = VideoEdit(title=None, rating=None, notes=None, favourite=False, tags=[])
"""An edit of all that is saved for the undo: all of one undo have the same fields."""


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """The choice which copy of a group to keep, by its id; None keeps all of them as they are."""

    fingerprint: str
    video_id: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The number of resolved groups and edited videos, and the token that undoes both."""

    resolved: int
    edited: int
    undo: str


class DuplicateResolver:
    """Resolves groups of duplicates. Files are never touched, and no record is removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def resolve(
        self, choices: Sequence[KeptCopy], *, tag_others: str | None = None
    ) -> Resolution:
        """Resolve these groups in one transaction: all of them, or none.

        The kept copy gets the tags of all, and the title, rating, notes and favourite mark that it
        lacks; notes are joined. The others get the tag `tag_others`, if any, and otherwise stay as
        they are.
        Raises `DuplicatesChangedError` and `TooManyTagsError`.
        """
        async with self._database.write() as connection:
            groups = [await _copies(connection, choice) for choice in choices]
            undo = await _record(connection, [choice.fingerprint for choice in choices], groups)
            edits: list[tuple[VideoEdit, list[str]]] = []
            for choice, copies in zip(choices, groups, strict=True):
                if choice.video_id is None:
                    continue
                kept = next(copy for copy in copies if copy.video.id == choice.video_id)
                others = [copy for copy in copies if copy is not kept]
                if not (taken := taken_over(kept, others)).is_empty:
                    edits.append((taken, [kept.video.id]))
                if tag_others is not None:
                    ids = [copy.video.id for copy in others]
                    edits.append((VideoEdit(add_tags=[tag_others]), ids))
            edited = await _edit(connection, undo, edits)
        return Resolution(len(choices), edited, undo.token)

    async def reopen(self, fingerprints: Sequence[str]) -> int:
        """List these groups again, whose videos stay as they are; return how many were resolved."""
        known = [storable(one) for one in fingerprints]
        mine = resolved_duplicates.c.fingerprint.in_(known)
        async with self._database.write() as connection:
            # Not the count of rows: not every driver gives one.
            gone = sa.delete(resolved_duplicates).where(mine)
            rows = await connection.execute(gone.returning(resolved_duplicates.c.fingerprint))
            return len(rows.all())


def taken_over(kept: Copy, others: Sequence[Copy]) -> VideoEdit:
    """Return the edit that gives `kept` the details of `others`, as far as it lacks them.

    Of the ratings, the highest is taken. Notes that would be too long together are not.
    """
    changes: dict[str, Any] = {}
    known = dict.fromkeys(kept.video.tags)
    tags = [tag for other in others for tag in other.video.tags if tag not in known]
    if tags:
        changes["add_tags"] = list(dict.fromkeys(tags))
    titles = [other.own_title for other in others if other.own_title is not None]
    if kept.own_title is None and titles:
        changes["title"] = titles[0]
    ratings = [other.video.rating for other in others if other.video.rating is not None]
    if kept.video.rating is None and ratings:
        changes["rating"] = max(ratings)
    if not kept.video.favourite and any(other.video.favourite for other in others):
        changes["favourite"] = True
    notes = _joined(kept.notes, (other.notes for other in others))
    if notes != kept.notes:
        changes["notes"] = notes
    return VideoEdit(**changes)


def _joined(own: str | None, others: Iterable[str | None]) -> str | None:
    parts = [own] if own else []
    for notes in others:
        if notes and notes not in parts:
            longer = [*parts, notes]
            if len("\n\n".join(longer)) <= MAX_NOTES_LENGTH:
                parts = longer
    return "\n\n".join(parts) or own


async def _copies(connection: AsyncConnection, choice: KeptCopy) -> list[Copy]:
    same = is_copy & (videos.c.fingerprint == storable(choice.fingerprint))
    copies = (await read_copies(connection, same)).get(choice.fingerprint, [])
    known = {None, *(copy.video.id for copy in copies)}
    if len(copies) < 2 or choice.video_id not in known:
        raise DuplicatesChangedError
    return copies


async def _record(
    connection: AsyncConnection, fingerprints: Sequence[str], groups: Sequence[Sequence[Copy]]
) -> Undo:
    """Store that the groups are resolved, and what was stored before."""
    known = sa.select(resolved_duplicates.c.fingerprint, resolved_duplicates.c.copies)
    mine = known.where(resolved_duplicates.c.fingerprint.in_(fingerprints))
    earlier = {row.fingerprint: row.copies for row in await connection.execute(mine)}
    change = {RESOLVE: {one: earlier.get(one) for one in fingerprints}}
    now = datetime.now(UTC)
    statement = insert(connection, resolved_duplicates)
    upsert = statement.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={name: statement.excluded[name] for name in ("copies", "resolved_at")},
    )
    await connection.execute(
        upsert,
        [
            {"fingerprint": one, "copies": len(copies), "resolved_at": now}
            for one, copies in zip(fingerprints, groups, strict=True)
        ],
    )
    return await create_undo(connection, change)


async def _edit(
    connection: AsyncConnection, undo: Undo, edits: Sequence[tuple[VideoEdit, Sequence[str]]]
) -> int:
    """Make the edits, and store what they replace."""
    ids = [video_id for _, part in edits for video_id in part]
    await stage(connection, undo, ids)
    staged = sa.select(undo_videos.c.video_id, undo_videos.c.position)
    rows = await connection.execute(staged.where(undo_videos.c.undo == undo.number))
    positions = {row.video_id: row.position for row in rows}
    for edit, edited in edits:
        for start in range(0, len(edited), SLICE):
            known = await numbers_of(connection, edited[start : start + SLICE])
            numbers = sorted(known.values())
            saved = await save_annotations(connection, numbers, _EVERY_DETAIL)
            await edit_numbers(connection, numbers, edit)
            by_position = {positions[video_id]: values for video_id, values in saved.items()}
            await keep_replaced(connection, undo.number, by_position)
    await set_counts(connection, undo.number, done=len(ids), edited=len(ids))
    return len(ids)
