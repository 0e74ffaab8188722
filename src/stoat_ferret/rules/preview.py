"""The dry run of a rule: which videos it concerns, and what it would do with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.library.picture_versions import lacks_storyboard
from stoat_ferret.library.tables import rule_runs, videos
from stoat_ferret.media.picture_files import STORYBOARD_VERSION
from stoat_ferret.rules.batches import BATCH_VIDEOS, lacks_tags
from stoat_ferret.rules.selection import concerned, filter_of, version_of
from stoat_ferret.rules.store import EXISTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.rules.definition import RuleDefinition

FIRST_VIDEOS = 20


@dataclass(frozen=True, slots=True)
class PreviewVideo:
    """A video that a rule concerns."""

    id: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule would do at once with existing videos.

    `count` is the number of videos that it concerns, and `videos` are the first of them. The others
    are numbers of what would be made, edited and called; `jobs` are queued one batch at a time.
    """

    count: int
    videos: Sequence[PreviewVideo]
    storyboards: int
    renders: int
    tagged: int
    jobs: int
    webhook_calls: int


async def preview_rule(
    database: Database, definition: RuleDefinition, *, rule_id: str | None = None
) -> RulePreview:
    """Return what a rule would do with existing videos, if it were made with them.

    Of the saved rule `rule_id`, what it ran on is left out. Changes nothing. Raises
    `SearchNotFoundError`, `RenderRefusedError`.
    """
    actions = definition.actions
    actions.check()
    async with database.read() as connection:
        query = await filter_of(connection, definition)
        found = await concerned(connection, definition.when, query)
        if rule_id is not None:
            ran = sa.exists().where(
                rule_runs.c.rule_id == rule_id,
                rule_runs.c.video_id == videos.c.id,
                rule_runs.c.version == version_of(definition.when),
                rule_runs.c.state != EXISTING,
            )
            found &= ~ran
        count = await _count(connection, found)
        first = (
            sa.select(videos.c.id, videos.c.name, videos.c.folder)
            .where(found)
            .order_by(videos.c.number)
            .limit(FIRST_VIDEOS)
        )
        rows = (await connection.execute(first)).all()
        storyboards = tagged = 0
        if actions.storyboard:
            storyboards = await _count(connection, found & lacks_storyboard(STORYBOARD_VERSION))
        if actions.add_tags:
            tagged = await _count(connection, found & lacks_tags(actions.add_tags))
    batches = -(-count // BATCH_VIDEOS)
    renders = actions.render is not None
    return RulePreview(
        count=count,
        videos=[PreviewVideo(row.id, row.name, row.folder) for row in rows],
        storyboards=storyboards,
        renders=count if renders else 0,
        tagged=tagged,
        jobs=batches * (int(actions.storyboard) + int(renders)),
        webhook_calls=batches if actions.webhook is not None else 0,
    )


async def _count(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(videos).where(condition)
    return await connection.scalar(counted) or 0
