"""The deliveries of webhooks: those that are due are made, and tried again later if they fail."""

from __future__ import annotations

import asyncio
import importlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import anyio.to_thread
import sqlalchemy as sa
import structlog

from stoat_ferret.errors import (
    DatabaseError,
    DeliveryNotFoundError,
    InvalidCursorError,
    RuleNotFoundError,
)
from stoat_ferret.library.tables import rules, webhook_deliveries
from stoat_ferret.rules.store import FAILED, WAITING, get_rule
from stoat_ferret.rules.webhook import Answer, next_attempt
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database
    from stoat_ferret.rules.webhook_client import WebhookClient

DELIVERED = "delivered"
AT_ONCE = 4
"""Rules whose webhooks are called at the same time; each has one call at a time."""
POLL_SECONDS = 1.0
KEPT_DAYS = 30
_PURGE_SECONDS = 3600.0
_RETRY_SECONDS = 10.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A call of a webhook with some videos. `next_at` is when it is tried next, if it is."""

    id: str
    state: str
    videos: int
    attempts: int
    next_at: datetime | None
    status_code: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, newest first."""

    items: Sequence[Delivery]
    next_cursor: str | None
    total: int


class DeliveryStore:
    """Reads the deliveries of rules, and has them made again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, rule_id: str, *, state: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> DeliveryPage:
        """Return a page of the deliveries of a rule, newest first.

        Raises `RuleNotFoundError`, `InvalidCursorError`.
        """
        mine = webhook_deliveries.c.rule_id == rule_id
        if state is not None:
            mine &= webhook_deliveries.c.state == state
        page = sa.select(*_COLUMNS).where(mine).order_by(webhook_deliveries.c.id.desc())
        if cursor is not None:
            if storable(cursor) != cursor or "\0" in cursor:
                raise InvalidCursorError
            page = page.where(webhook_deliveries.c.id < cursor)
        async with self._database.read() as connection:
            await get_rule(connection, rule_id)
            counted = sa.select(sa.func.count()).select_from(webhook_deliveries).where(mine)
            total = await connection.scalar(counted) or 0
            rows = (await connection.execute(page.limit(limit + 1))).all()
        items = [Delivery(*row) for row in rows[:limit]]
        return DeliveryPage(items, items[-1].id if len(rows) > limit else None, total)

    async def retry(self, rule_id: str, delivery_id: str) -> Delivery:
        """Have a delivery made again soon, and as often as a new one.

        One that was delivered keeps its id, by which the receiver recognizes it. Raises
        `RuleNotFoundError`, `DeliveryNotFoundError`.
        """
        mine = (webhook_deliveries.c.rule_id == rule_id) & (
            webhook_deliveries.c.id == storable(delivery_id)
        )
        again = {"state": WAITING, "attempts": 0, "next_at": datetime.now(UTC), "ended_at": None}
        async with self._database.write() as connection:
            await get_rule(connection, rule_id)
            await connection.execute(sa.update(webhook_deliveries).where(mine).values(again))
            row = (await connection.execute(sa.select(*_COLUMNS).where(mine))).one_or_none()
        if row is None:
            raise DeliveryNotFoundError(delivery_id)
        return Delivery(*row)


_COLUMNS = tuple(webhook_deliveries.c[name] for name in Delivery.__slots__)


@dataclass(frozen=True, slots=True)
class _Due:
    id: str
    rule_id: str
    body: str
    attempts: int
    url: str
    secret: str


class DeliverySender:
    """Makes the deliveries that are due, in one process at a time.

    A delivery whose outcome could not be recorded, as after a kill, is made again with the same id.
    """

    def __init__(self, database: Database, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        """Create a sender; `networks` may be called although they are not public."""
        self._database = database
        self._networks = networks
        self._client: WebhookClient | None = None
        self._purged_at = float("-inf")

    async def run(self) -> None:
        """Make deliveries for ever; meant for the background."""
        while True:
            delay = POLL_SECONDS
            try:
                await self._purge()
                while await self.step():
                    pass
            except DatabaseError as error:
                logger.warning("webhooks_not_called", reason=str(error))
                delay = _RETRY_SECONDS
            except Exception as error:
                logger.exception("webhooks_failed", exc_info=error)
                delay = _RETRY_SECONDS
            await asyncio.sleep(delay)

    async def step(self) -> bool:
        """Make the next delivery of each rule that has one due; return whether there was any."""
        async with self._database.read() as connection:
            due = await _due(connection)
        await asyncio.gather(*map(self._deliver, due))
        return bool(due)

    async def _deliver(self, due: _Due) -> None:
        answer = Answer(error="Its rule has no webhook any more.", is_final=True)
        if due.url:
            client = await self._opened()
            answer = await client.call(due.url, due.secret, due.id, due.body)
        if not answer.is_delivered:
            logger.warning("webhook_failed", rule_id=due.rule_id, reason=answer.error)
        async with self._database.write() as connection:
            await _record(connection, due, answer)

    async def _opened(self) -> WebhookClient:
        """Return the client, whose modules few servers need."""
        if self._client is None:
            addresses, clients = [
                await anyio.to_thread.run_sync(importlib.import_module, name, None)
                for name in ("stoat_ferret.rules.addresses", "stoat_ferret.rules.webhook_client")
            ]
            self._client = clients.WebhookClient(addresses.CheckedNetwork(self._networks))
        return self._client

    async def _purge(self) -> None:
        """Delete old deliveries, once in an hour."""
        if time.monotonic() - self._purged_at < _PURGE_SECONDS:
            return
        oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
        async with self._database.write(durable=False) as connection:
            old = webhook_deliveries.c.ended_at < oldest
            await connection.execute(sa.delete(webhook_deliveries).where(old))
        self._purged_at = time.monotonic()


async def _due(connection: AsyncConnection) -> list[_Due]:
    """Return the oldest delivery that is due of each enabled rule, of a few rules."""
    first = (
        sa.select(sa.func.min(webhook_deliveries.c.id))
        .select_from(webhook_deliveries.join(rules))
        .where(webhook_deliveries.c.next_at <= datetime.now(UTC), rules.c.enabled == 1)
        .group_by(webhook_deliveries.c.rule_id)
        .order_by(sa.func.min(webhook_deliveries.c.next_at))
        .limit(AT_ONCE)
    )
    found = sa.select(webhook_deliveries).where(webhook_deliveries.c.id.in_(first))
    due = []
    for row in (await connection.execute(found)).all():
        try:
            rule = await get_rule(connection, row.rule_id)
        except RuleNotFoundError:
            continue  # this version cannot read it
        webhook = rule.definition.actions.webhook
        url = "" if webhook is None else webhook.url
        due.append(_Due(row.id, row.rule_id, row.body, row.attempts, url, rule.secret or ""))
    return due


async def _record(connection: AsyncConnection, due: _Due, answer: Answer) -> None:
    now, attempts = datetime.now(UTC), due.attempts + 1
    next_at = None
    if not answer.is_delivered and not answer.is_final:
        next_at = next_attempt(attempts, now)
    state = DELIVERED if answer.is_delivered else FAILED if next_at is None else WAITING
    update = sa.update(webhook_deliveries).where(webhook_deliveries.c.id == due.id)
    await connection.execute(
        update.values(
            state=state,
            attempts=attempts,
            next_at=next_at,
            status_code=answer.status_code,
            error=answer.error,
            ended_at=now if next_at is None else None,
        )
    )
