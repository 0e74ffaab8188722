"""The SQL of rules: which videos a rule concerns, and in which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.errors import SearchNotFoundError
from stoat_ferret.library.query import VideoFilter, VideoList
from stoat_ferret.library.search import match, with_status
from stoat_ferret.library.tables import recipes, rule_batches, saved_searches, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.rules.definition import RuleDefinition, RuleTrigger

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def filter_of(connection: AsyncConnection, definition: RuleDefinition) -> VideoFilter:
    """Return the filter of a rule, or that of its saved search. Raises `SearchNotFoundError`."""
    if definition.search_id is None:
        return definition.filter or VideoFilter()
    stored = sa.select(saved_searches.c.query).where(saved_searches.c.id == definition.search_id)
    query = await connection.scalar(stored)
    if query is None:
        raise SearchNotFoundError(definition.search_id)
    found = VideoList.model_validate_json(query)
    return VideoFilter(**{name: getattr(found, name) for name in VideoFilter.model_fields})


async def concerned(
    connection: AsyncConnection, when: RuleTrigger, query: VideoFilter, *, few: bool = False
) -> sa.ColumnElement[bool]:
    """Return the condition of the videos that a rule concerns as they are now.

    Files that rules have rendered are none of them. `few` is for a statement that is restricted to
    some numbers of videos.
    """
    matches = await match(connection, query)
    by_number = few or matches.by_number
    if when is RuleTrigger.FAILED:
        return matches.condition & _is_unreadable() & ~_is_made_by_rule()
    shown = (
        with_status(matches.condition, one, by_number=by_number) for one in sorted(query.status)
    )
    return sa.or_(*shown) & ~_is_made_by_rule()


def version_of(when: RuleTrigger) -> sa.ColumnElement[str]:
    """Return the version of a video in which a rule runs once.

    A video is added only once; it fails once for each state of its file, and is changed or matches
    once for each content.
    """
    file = sa.cast(videos.c.size_bytes, sa.String).concat(":")
    state = file.concat(sa.cast(videos.c.mtime_ns, sa.String))
    if when is RuleTrigger.ADDED:
        return sa.literal("", sa.String(160))
    if when is RuleTrigger.FAILED:
        return state
    return sa.func.coalesce(videos.c.fingerprint, state)


def _is_unreadable() -> sa.ColumnElement[bool]:
    is_bad = videos.c.status == VideoStatus.BAD.value
    return videos.c.missing_since.is_(None) & (is_bad | videos.c.read_error.is_not(None))


def _is_made_by_rule() -> sa.ColumnElement[bool]:
    """Return the condition that a render of a rule made the present content of a video."""
    made = recipes.join(rule_batches, rule_batches.c.render_job == recipes.c.job_id)
    return (
        sa.exists()
        .select_from(made)
        .where(
            recipes.c.video_number == videos.c.number,
            recipes.c.fingerprint == videos.c.fingerprint,
        )
    )
