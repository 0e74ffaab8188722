"""The batches of a rule: some of its videos, the jobs for them, and their outcome."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from stoat_ferret.errors import RuleNotFoundError
from stoat_ferret.folded_text import fold
from stoat_ferret.jobs.job import ACTIVE_STATUSES, JobStatus
from stoat_ferret.jobs.store import insert_job, jobs
from stoat_ferret.library.annotations import MAX_TAGS_OF_VIDEO, VideoEdit
from stoat_ferret.library.bulk_edits import BulkChange, edit_staged, stage
from stoat_ferret.library.tables import (
    roots,
    rule_batches,
    rule_runs,
    tags,
    video_tags,
    videos,
    webhook_deliveries,
)
from stoat_ferret.library.undo import create_undo, get_undo
from stoat_ferret.pictures.storyboard_job import (
    STORYBOARD,
    STORYBOARD_PRIORITY,
    StoryboardRequest,
)
from stoat_ferret.render.request.batch import RenderBatch
from stoat_ferret.render.run.batch_job import RENDER_BATCH
from stoat_ferret.rules.store import DONE, FAILED, RUNNING, WAITING, get_rule
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.rules.store import Rule

BATCH_VIDEOS = 100
"""The videos of a batch. A rule has one at a time, so its other videos make no jobs yet."""
JOB_KEYS = "rule:"
"""The beginning of the keys of jobs that rules submit, which also retries of them have."""
MAX_ERROR_LENGTH = 1000


class NewJobs(Protocol):
    """The part of the queue that makes jobs."""

    def new_job(
        self, kind: str, params: dict[str, Any], *, key: str | None = None, priority: int = 0
    ) -> Job:
        """Return a job that is not stored yet."""
        ...


@dataclass(slots=True)
class Started:
    """A batch that was started: its jobs, which the queue has to take up, and edited videos."""

    jobs: list[Job] = field(default_factory=list)
    tagged: int = 0


async def start_batch(connection: AsyncConnection, rule_id: str, queue: NewJobs) -> Started:
    """Start the next batch of a rule, in this transaction, if any of its videos waits.

    Raises `QueueClosedError`.
    """
    rule = await _rule_of(connection, rule_id)
    if rule is None or not rule.enabled:
        return Started()  # it was changed meanwhile
    waiting = (rule_runs.c.rule_id == rule.id) & (rule_runs.c.state == WAITING)
    chosen = (
        sa.select(rule_runs.c.number, rule_runs.c.video_id)
        .where(waiting)
        .order_by(rule_runs.c.number)
        .limit(BATCH_VIDEOS)
    )
    rows = (await connection.execute(chosen)).all()
    if not rows:
        return Started()
    started, batch_id = Started(), str(uuid7())
    await _set_runs(connection, [row.number for row in rows], RUNNING, batch_id=batch_id)
    ids = await _existing(connection, [row.video_id for row in rows])
    gone = [row.number for row in rows if row.video_id not in ids]
    await _set_runs(connection, gone, FAILED, error="It is not in the library any more.")
    batch: dict[str, Any] = {"id": batch_id, "rule_id": rule.id, "created_at": datetime.now(UTC)}
    actions = rule.definition.actions
    if ids and actions.add_tags:
        started.tagged = await _tag(connection, batch_id, ids, actions.add_tags)
    if ids and actions.storyboard:
        params = StoryboardRequest(tuple(ids)).params
        batch["storyboard_job"] = await _add_job(
            connection, queue, started, STORYBOARD.name, params, batch_id, STORYBOARD_PRIORITY
        )
    if ids and actions.render is not None:
        template = actions.render.model_dump(mode="json", exclude_defaults=True)
        request = RenderBatch.from_params({**template, "video_ids": ids})
        batch["render_job"] = await _add_job(
            connection, queue, started, RENDER_BATCH.name, request.params, batch_id
        )
    await connection.execute(sa.insert(rule_batches).values(batch))
    if not started.jobs:
        await _settle(connection, batch_id, rule, ())
    return started


async def _add_job(
    connection: AsyncConnection,
    queue: NewJobs,
    started: Started,
    kind: str,
    params: dict[str, Any],
    batch_id: str,
    priority: int = 0,
) -> str:
    job = queue.new_job(kind, params, key=f"{JOB_KEYS}{batch_id}:{kind}", priority=priority)
    await insert_job(connection, job)
    started.jobs.append(job)
    return job.id


async def _existing(connection: AsyncConnection, ids: Sequence[str]) -> list[str]:
    found = await connection.scalars(sa.select(videos.c.id).where(videos.c.id.in_(ids)))
    known = set(found)
    return [video_id for video_id in ids if video_id in known]


async def _tag(
    connection: AsyncConnection, batch_id: str, ids: Sequence[str], names: Sequence[str]
) -> int:
    """Add tags to videos, as a bulk edit that can be undone; return the number of edited ones.

    Videos that would have too many tags fail.
    """
    full = await _too_full(connection, ids, names)
    await _fail(
        connection,
        batch_id,
        dict.fromkeys(full, f"It would have more than {MAX_TAGS_OF_VIDEO} tags."),
    )
    lacking = await _lacking(connection, [one for one in ids if one not in full], names)
    if not lacking:
        return 0
    change = BulkChange(VideoEdit(add_tags=tuple(names)))
    undo = await create_undo(connection, change.as_json, key=f"{JOB_KEYS}{batch_id}")
    await stage(connection, undo, lacking)
    while await edit_staged(connection, undo.number, change) is not None:
        pass
    return (await get_undo(connection, number=undo.number)).edited


async def _too_full(
    connection: AsyncConnection, ids: Sequence[str], names: Sequence[str]
) -> set[str]:
    keys = {fold(name) for name in names}
    others = sa.func.count(sa.case((tags.c.name_key.not_in(keys), 1)))
    statement = (
        sa.select(videos.c.id)
        .select_from(videos.join(video_tags).join(tags))
        .where(videos.c.id.in_(ids))
        .group_by(videos.c.id)
        .having(others + len(keys) > MAX_TAGS_OF_VIDEO)
    )
    return set(await connection.scalars(statement))


async def _lacking(
    connection: AsyncConnection, ids: Sequence[str], names: Sequence[str]
) -> list[str]:
    found = sa.select(videos.c.id).where(videos.c.id.in_(ids), lacks_tags(names))
    return await _existing(connection, list(await connection.scalars(found)))


def lacks_tags(names: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a video lacks one of these tags."""
    keys = {fold(name) for name in names}
    had = (
        sa.select(sa.func.count())
        .select_from(video_tags.join(tags))
        .where(video_tags.c.video_number == videos.c.number, tags.c.name_key.in_(keys))
    )
    return had.scalar_subquery() < len(keys)


async def _set_runs(
    connection: AsyncConnection, numbers: Sequence[int], state: str, **values: Any
) -> None:
    if numbers:
        update = sa.update(rule_runs).where(rule_runs.c.number.in_(numbers))
        await connection.execute(update.values(state=state, changed_at=datetime.now(UTC), **values))


async def _fail(connection: AsyncConnection, batch_id: str, errors: Mapping[str, str]) -> None:
    """Record why videos of a batch failed; the first reason is kept."""
    for video_id, error in errors.items():
        mine = (rule_runs.c.batch_id == batch_id) & (rule_runs.c.video_id == video_id)
        await connection.execute(
            sa.update(rule_runs)
            .where(mine, rule_runs.c.state == RUNNING)
            .values(state=FAILED, error=error[:MAX_ERROR_LENGTH], changed_at=datetime.now(UTC))
        )


def batch_has_ended() -> sa.ColumnElement[bool]:
    """Return the condition that there is a batch to settle: its jobs have all ended.

    A job whose record was deleted has ended.
    """
    return sa.exists().where(*_has_ended())


def _has_ended() -> tuple[sa.ColumnElement[bool], ...]:
    mine = (jobs.c.id == rule_batches.c.storyboard_job) | (jobs.c.id == rule_batches.c.render_job)
    goes_on = sa.exists().where(mine, jobs.c.status.in_(ACTIVE_STATUSES))
    return rule_batches.c.ended_at.is_(None), ~goes_on


async def settle_batches(connection: AsyncConnection) -> None:
    """Record the outcome of the batches whose jobs have all ended."""
    for batch in (await connection.execute(sa.select(rule_batches).where(*_has_ended()))).all():
        ids = [one for one in (batch.storyboard_job, batch.render_job) if one is not None]
        found = sa.select(jobs.c.id, jobs.c.status, jobs.c.error, jobs.c.result)
        ended = (await connection.execute(found.where(jobs.c.id.in_(ids)))).all()
        await _settle(connection, batch.id, await _rule_of(connection, batch.rule_id), ended)


async def _rule_of(connection: AsyncConnection, rule_id: str) -> Rule | None:
    try:
        return await get_rule(connection, rule_id)
    except RuleNotFoundError:
        return None  # deleted since


@dataclass(frozen=True, slots=True)
class _Video:
    id: str
    name: str
    root: str
    path: str
    status: str
    reason: str | None
    state: str
    error: str | None


async def _settle(
    connection: AsyncConnection, batch_id: str, rule: Rule | None, ended: Sequence[Any]
) -> None:
    """Record the outcome of a batch, given its ended jobs, and call the webhook of its rule."""
    outputs: dict[str, list[dict[str, Any]]] = {}
    for job in ended:
        known = {video.path: video.id for video in await _videos(connection, batch_id)}
        await _fail(connection, batch_id, _errors(job, known))
        for output in (job.result or {}).get("outputs", ()):
            made = {"video_id": output["video_id"], "path": output["path"]}
            outputs.setdefault(output["source_id"], []).append(made)
    running = (rule_runs.c.batch_id == batch_id) & (rule_runs.c.state == RUNNING)
    done = sa.update(rule_runs).where(running)
    now = datetime.now(UTC)
    await connection.execute(done.values(state=DONE, changed_at=now))
    ends = sa.update(rule_batches).where(rule_batches.c.id == batch_id)
    await connection.execute(ends.values(ended_at=now))
    if rule is not None and rule.enabled and rule.definition.actions.webhook is not None:
        found = await _videos(connection, batch_id)
        if found:
            body = _body(rule, found, outputs, now)
            await connection.execute(
                sa.insert(webhook_deliveries).values(
                    id=str(uuid7()),
                    rule_id=rule.id,
                    batch_id=batch_id,
                    body=body,
                    videos=len(found),
                    state=WAITING,
                    attempts=0,
                    next_at=now,
                    created_at=now,
                )
            )


async def _videos(connection: AsyncConnection, batch_id: str) -> list[_Video]:
    columns = (videos.c.id, videos.c.name, videos.c.path, videos.c.status, videos.c.reason)
    statement = (
        sa.select(*columns, videos.c.read_error, videos.c.missing_since, roots.c.name.label("root"))
        .add_columns(rule_runs.c.state, rule_runs.c.error)
        .select_from(rule_runs.join(videos, videos.c.id == rule_runs.c.video_id).join(roots))
        .where(rule_runs.c.batch_id == batch_id)
        .order_by(rule_runs.c.number)
    )
    return [
        _Video(
            id=row.id,
            name=row.name,
            root=row.root,
            path=for_display(os.fsdecode(row.path)),
            status="missing" if row.missing_since is not None else row.status,
            reason=row.reason or row.read_error,
            state=row.state,
            error=row.error,
        )
        for row in await connection.execute(statement)
    ]


def _errors(job: Any, known: Mapping[str, str]) -> dict[str, str]:
    """Return why videos failed in a job, by their ids; `known` has the ids by path.

    All that a job did not finish fail with it.
    """
    result = job.result or {}
    errors = {
        video_id: error["reason"]
        for error in result.get("errors", ())
        if (video_id := error.get("video_id") or known.get(error["path"])) is not None
    }
    if job.status == JobStatus.SUCCEEDED:
        return errors
    finished = {output["source_id"] for output in result.get("outputs", ())}
    reason = job.error or f"The job {job.id} was {job.status.replace('_', ' ')}."
    rest = dict.fromkeys([one for one in known.values() if one not in finished], reason)
    return {**rest, **errors}


def _body(
    rule: Rule,
    found: Sequence[_Video],
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
    now: datetime,
) -> str:
    """Return the body of a webhook, as Standard Webhooks recommends it."""
    listed = [
        {
            "id": video.id,
            "name": video.name,
            "root": video.root,
            "path": video.path,
            "status": video.status,
            "reason": video.reason,
            "failed": video.state == FAILED,
            "error": video.error,
            "outputs": list(outputs.get(video.id, ())),
        }
        for video in found
    ]
    data = {"rule": {"id": rule.id, "name": rule.name}, "videos": listed}
    kind = f"video.{rule.definition.when}"
    return json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data})
