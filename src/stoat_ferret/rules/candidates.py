"""The videos that changed, compared with each rule: the ones it concerns wait for it then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.errors import SearchNotFoundError
from stoat_ferret.jobs.job import ACTIVE_STATUSES
from stoat_ferret.jobs.store import jobs
from stoat_ferret.library.tables import recipes, rule_batches, rule_candidates, videos
from stoat_ferret.render.run.batch_job import RENDER_BATCH
from stoat_ferret.rules.batches import JOB_KEYS
from stoat_ferret.rules.definition import RuleTrigger
from stoat_ferret.rules.selection import filter_of
from stoat_ferret.rules.store import WAITING, all_rules, insert_runs, judged_by, set_aside

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.rules.store import Rule

SLICE = 200
"""Videos per transaction, kept short so that other writers never wait long."""


async def has_candidates(connection: AsyncConnection) -> bool:
    """Return whether there are changed videos, or a rule whose saved search has changed."""
    if await connection.scalar(sa.select(sa.exists().select_from(rule_candidates))):
        return True
    for rule in await all_rules(connection, enabled=True):
        if rule.judged is None or rule.definition.search_id is not None:
            try:
                query = await filter_of(connection, rule.definition)
            except SearchNotFoundError:
                continue
            if rule.judged != judged_by(query):
                return True
    return False


async def judge_candidates(connection: AsyncConnection, output_root_id: int) -> int:
    """Compare the next changed videos with each enabled rule; return their number.

    What rules rendered is recognized by its recipe. While they render, a video in the root of
    rendered files (`output_root_id`) that has none is not looked at: a scan may find a file before
    its recipe is stored.
    """
    ready = sa.select(rule_candidates.c.video_number)
    if await _is_rendering(connection):
        unknown = sa.select(videos.c.number).where(
            videos.c.root_id == output_root_id,
            ~sa.exists().where(recipes.c.video_number == videos.c.number),
        )
        ready = ready.where(rule_candidates.c.video_number.not_in(unknown))
    found = await connection.scalars(ready.order_by(rule_candidates.c.video_number).limit(SLICE))
    numbers = list(found)
    if numbers:
        await _note_retries(connection, numbers)
    for rule in await all_rules(connection, enabled=True):
        await _judge(connection, rule, numbers)
    if numbers:
        gone = rule_candidates.c.video_number.in_(numbers)
        await connection.execute(sa.delete(rule_candidates).where(gone))
    return len(numbers)


async def _is_rendering(connection: AsyncConnection) -> bool:
    active = sa.select(jobs.c.id).where(
        jobs.c.status.in_(ACTIVE_STATUSES),
        jobs.c.kind == RENDER_BATCH.name,
        jobs.c.key.startswith(JOB_KEYS),
    )
    return (await connection.execute(active.limit(1))).first() is not None


async def _note_retries(connection: AsyncConnection, numbers: list[int]) -> None:
    """Record the jobs of retried renders of rules, since job records are deleted some day."""
    retried = (
        sa.select(jobs.c.id, jobs.c.key)
        .distinct()
        .select_from(jobs.join(recipes, recipes.c.job_id == jobs.c.id))
        .where(
            recipes.c.video_number.in_(numbers),
            jobs.c.key.startswith(JOB_KEYS),
            ~sa.exists().where(rule_batches.c.render_job == jobs.c.id),
        )
    )
    now = datetime.now(UTC)
    for job in (await connection.execute(retried)).all():
        batch_id = job.key.split(":")[1]
        first = sa.select(rule_batches.c.rule_id).where(rule_batches.c.id == batch_id)
        row: dict[str, Any] = {
            "id": str(uuid7()),
            "rule_id": await connection.scalar(first) or "",
            "created_at": now,
            "ended_at": now,
            "render_job": job.id,
        }
        await connection.execute(sa.insert(rule_batches).values(row))


async def _judge(connection: AsyncConnection, rule: Rule, numbers: list[int]) -> None:
    try:
        query = await filter_of(connection, rule.definition)
    except SearchNotFoundError:
        return  # it is shown as the problem of the rule
    if rule.judged != judged_by(query):
        await set_aside(connection, rule)  # its saved search finds other videos now
    if not numbers:
        return
    conditions: list[sa.ColumnElement[bool]] = [videos.c.number.in_(numbers)]
    when = rule.definition.when
    if when is RuleTrigger.ADDED:
        conditions.append(videos.c.added_at >= rule.since)
    elif when is not RuleTrigger.MATCHES:
        flag = rule_candidates.c[when]
        flagged = sa.select(rule_candidates.c.video_number).where(flag == 1)
        conditions.append(videos.c.number.in_(flagged))
    await insert_runs(connection, rule, query, WAITING, *conditions, few=True)
