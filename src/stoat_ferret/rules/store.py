"""The rules, their runs, and the dry run, in the database."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from uuid_utils.compat import uuid7

from stoat_ferret.database import insert
from stoat_ferret.errors import (
    InvalidCursorError,
    RuleNotFoundError,
    RuleRefusedError,
    SearchNotFoundError,
    TooManyRulesError,
)
from stoat_ferret.library.tables import rule_candidates, rule_runs, rules, videos
from stoat_ferret.rules.definition import RuleDefinition, RuleTrigger
from stoat_ferret.rules.selection import concerned, filter_of, version_of
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.library.query import VideoFilter

MAX_RULES = 100
SECRET_PREFIX = "whsec_"  # noqa: S105  the prefix of Standard Webhooks, no secret
EXISTING, WAITING, RUNNING, DONE, FAILED = "existing", "waiting", "running", "done", "failed"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. It concerns what happens after `since`; `secret` signs its webhooks.

    `counts` are the numbers of its runs by state. `problem` is why it cannot run, if it cannot.
    """

    id: str
    name: str
    enabled: bool
    definition: RuleDefinition
    secret: str | None
    since: datetime
    judged: str | None
    created_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change of a rule; None keeps a value. `new_secret` makes a new key for its webhooks.

    `include_existing` runs it on the videos that it concerns now.
    """

    name: str | None = None
    enabled: bool | None = None
    definition: RuleDefinition | None = None
    include_existing: bool = False
    new_secret: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a rule for one video; `name` is None for one that was removed."""

    number: int
    video_id: str
    name: str | None
    state: str
    error: str | None
    batch_id: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs, newest first."""

    items: Sequence[Run]
    next_cursor: str | None
    total: int


def new_secret() -> str:
    """Return a new key for signing webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


class RuleStore:
    """Reads and writes rules. What they do is up to `RuleEngine`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self) -> list[Rule]:
        """Return all rules, oldest first, with the counts of their runs."""
        async with self._database.read() as connection:
            found = await all_rules(connection)
            counts = await _counts(connection)
            return [
                replace(
                    rule,
                    counts=counts.get(rule.id, {}),
                    problem=await _problem(connection, rule),
                )
                for rule in found
            ]

    async def get(self, rule_id: str) -> Rule:
        """Return a rule. Raises `RuleNotFoundError`."""
        for rule in await self.find():
            if rule.id == rule_id:
                return rule
        raise RuleNotFoundError(rule_id)

    async def add(
        self,
        name: str,
        definition: RuleDefinition,
        *,
        enabled: bool = True,
        include_existing: bool = False,
    ) -> Rule:
        """Make a rule; videos that it concerns already are left alone unless included.

        Raises `TooManyRulesError`, `RuleRefusedError`, `RenderRefusedError`.
        """
        definition.actions.check()
        now = datetime.now(UTC)
        rule = Rule(
            id=str(uuid7()),
            name=storable(name),
            enabled=enabled,
            definition=definition,
            secret=new_secret() if definition.actions.webhook else None,
            since=now,
            judged=None,
            created_at=now,
        )
        async with self._database.write() as connection:
            count = await connection.scalar(sa.select(sa.func.count()).select_from(rules))
            if (count or 0) >= MAX_RULES:
                raise TooManyRulesError(MAX_RULES)
            await _require_search(connection, definition)
            await connection.execute(sa.insert(rules).values(_row(rule)))
            await _begin(connection, rule, include_existing=include_existing)
        return await self.get(rule.id)

    async def change(self, rule_id: str, change: RuleChange) -> Rule:
        """Change a rule. Raises `RuleNotFoundError` and the errors of `add`."""
        if change.definition is not None:
            change.definition.actions.check()
        async with self._database.write() as connection:
            old = await get_rule(connection, rule_id)
            new = _changed(old, change)
            if change.definition is not None:
                await _require_search(connection, change.definition)
            await connection.execute(
                sa.update(rules).where(rules.c.id == rule_id).values(_row(new))
            )
            if new.judged is None or change.include_existing:
                await _begin(connection, new, include_existing=change.include_existing)
            if not new.enabled:
                await _drop_waiting(connection, rule_id)
        return await self.get(rule_id)

    async def delete(self, rule_id: str) -> None:
        """Delete a rule and its history; its active jobs go on. Raises `RuleNotFoundError`."""
        async with self._database.write() as connection:
            await get_rule(connection, rule_id)
            await connection.execute(sa.delete(rules).where(rules.c.id == rule_id))

    async def runs(
        self, rule_id: str, *, state: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> RunPage:
        """Return a page of the runs of a rule, newest first.

        Raises `RuleNotFoundError`, `InvalidCursorError`.
        """
        states = [state] if state else [WAITING, RUNNING, DONE, FAILED]
        mine = (rule_runs.c.rule_id == rule_id) & rule_runs.c.state.in_(states)
        columns = [rule_runs.c[name] for name in Run.__slots__ if name != "name"]
        page = (
            sa.select(*columns, videos.c.name)
            .select_from(rule_runs.outerjoin(videos, videos.c.id == rule_runs.c.video_id))
            .where(mine)
            .order_by(rule_runs.c.number.desc())
            .limit(limit + 1)
        )
        if cursor is not None:
            page = page.where(rule_runs.c.number < _number(cursor))
        async with self._database.read() as connection:
            await get_rule(connection, rule_id)
            counted = sa.select(sa.func.count()).select_from(rule_runs).where(mine)
            total = await connection.scalar(counted) or 0
            rows = (await connection.execute(page)).all()
        items = [Run(**row._mapping) for row in rows[:limit]]  # noqa: SLF001  its public name
        more = len(rows) > limit
        return RunPage(items, str(items[-1].number) if more else None, total)


def _number(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise InvalidCursorError
    return int(cursor)


async def all_rules(connection: AsyncConnection, *, enabled: bool = False) -> list[Rule]:
    """Return all rules, or the enabled ones, oldest first.

    A rule that this version cannot read is left out, and logged.
    """
    statement = sa.select(rules).order_by(rules.c.created_at, rules.c.id)
    if enabled:
        statement = statement.where(rules.c.enabled == 1)
    found = [_from_row(row) for row in await connection.execute(statement)]
    return [rule for rule in found if rule is not None]


async def get_rule(connection: AsyncConnection, rule_id: str) -> Rule:
    """Return a rule without the counts of its runs. Raises `RuleNotFoundError`."""
    statement = sa.select(rules).where(rules.c.id == storable(rule_id))
    row = (await connection.execute(statement)).one_or_none()
    rule = None if row is None else _from_row(row)
    if rule is None:
        raise RuleNotFoundError(rule_id)
    return rule


def _from_row(row: sa.Row[Any]) -> Rule | None:
    values = dict(row._mapping)  # noqa: SLF001  its public name
    try:
        definition = RuleDefinition.from_json(values["definition"])
    except ValueError as error:
        logger.warning("rule_unreadable", rule_id=row.id, reason=str(error))
        return None
    return Rule(**{**values, "enabled": bool(row.enabled), "definition": definition})


def _row(rule: Rule) -> dict[str, Any]:
    values = {name: getattr(rule, name) for name in rules.c.keys()}  # noqa: SIM118  columns
    return {**values, "enabled": int(rule.enabled), "definition": rule.definition.as_json()}


def _changed(old: Rule, change: RuleChange) -> Rule:
    """Return the rule after `change`; `judged` is None if it begins anew."""
    enabled = old.enabled if change.enabled is None else change.enabled
    definition = change.definition or old.definition
    secret = old.secret
    if definition.actions.webhook is not None and (secret is None or change.new_secret):
        secret = new_secret()
    chosen = [(one.when, one.filter, one.search_id) for one in (old.definition, definition)]
    begins = (enabled and not old.enabled) or chosen[0] != chosen[1]
    return replace(
        old,
        name=old.name if change.name is None else storable(change.name),
        enabled=enabled,
        definition=definition,
        secret=secret,
        since=datetime.now(UTC) if begins else old.since,
        judged=None if begins or not enabled else old.judged,
    )


async def _require_search(connection: AsyncConnection, definition: RuleDefinition) -> None:
    try:
        await filter_of(connection, definition)
    except SearchNotFoundError as error:
        raise RuleRefusedError(str(error), field="search_id") from error


async def _problem(connection: AsyncConnection, rule: Rule) -> str | None:
    try:
        await filter_of(connection, rule.definition)
    except SearchNotFoundError:
        return "Its saved search was deleted. Choose another one, or a filter."
    return None


async def _counts(connection: AsyncConnection) -> dict[str, dict[str, int]]:
    grouped = (
        sa.select(rule_runs.c.rule_id, rule_runs.c.state, sa.func.count().label("runs"))
        .where(rule_runs.c.state != EXISTING)
        .group_by(rule_runs.c.rule_id, rule_runs.c.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for row in await connection.execute(grouped):
        counts.setdefault(row.rule_id, {})[row.state] = row.runs
    return counts


async def _drop_waiting(connection: AsyncConnection, rule_id: str) -> None:
    """Forget the runs that have not begun."""
    mine = (rule_runs.c.rule_id == rule_id) & (rule_runs.c.state == WAITING)
    await connection.execute(sa.delete(rule_runs).where(mine))


async def _begin(connection: AsyncConnection, rule: Rule, *, include_existing: bool) -> None:
    """Set the videos that a rule concerns already aside, or have it run on them."""
    if include_existing:
        if rule.definition.when is RuleTrigger.CHANGED:
            raise RuleRefusedError(
                "Existing videos have not changed, so there is nothing to do with them.",
                field="include_existing",
            )
        if not rule.enabled:
            raise RuleRefusedError(
                "The rule is off: turn it on to have it run on existing videos.",
                field="include_existing",
            )
        aside = (rule_runs.c.rule_id == rule.id) & (rule_runs.c.state == EXISTING)
        await connection.execute(sa.delete(rule_runs).where(aside))
        query = await filter_of(connection, rule.definition)
        await insert_runs(connection, rule, query, WAITING)
    if rule.enabled:
        await set_aside(connection, rule)


async def set_aside(connection: AsyncConnection, rule: Rule) -> None:
    """Record the videos that a rule for what matches concerns already, so it leaves them alone.

    Videos that are yet to be looked at are not among them. Raises `SearchNotFoundError`.
    """
    query = await filter_of(connection, rule.definition)
    if rule.definition.when is RuleTrigger.MATCHES:
        fresh = sa.select(rule_candidates.c.video_number)
        await insert_runs(connection, rule, query, EXISTING, videos.c.number.not_in(fresh))
    judged = judged_by(query)
    await connection.execute(sa.update(rules).where(rules.c.id == rule.id).values(judged=judged))


def judged_by(query: VideoFilter) -> str:
    """Return the text by which it is seen that the filter of a rule has changed."""
    return json.dumps(query.as_params(), sort_keys=True)


async def insert_runs(
    connection: AsyncConnection,
    rule: Rule,
    query: VideoFilter,
    state: str,
    *conditions: sa.ColumnElement[bool],
    few: bool = False,
) -> None:
    """Record a run in `state` for each video that a rule concerns and has not run on."""
    when = rule.definition.when
    condition = await concerned(connection, when, query, few=few)
    found = sa.select(
        sa.literal(rule.id),
        videos.c.id,
        version_of(when),
        sa.literal(state),
        sa.literal(datetime.now(UTC), rule_runs.c.changed_at.type),
    ).where(condition, *conditions)
    columns = ["rule_id", "video_id", "version", "state", "changed_at"]
    statement = insert(connection, rule_runs).from_select(columns, found.order_by(videos.c.number))
    await connection.execute(statement.on_conflict_do_nothing())
