"""Webhooks of rules are called with a signature, tried again, and never at private addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING

import sqlalchemy as sa
from tests.integration.rules.receiver import receiving

from stoat_ferret.library.tables import webhook_deliveries
from stoat_ferret.rules.addresses import CheckedNetwork
from stoat_ferret.rules.deliveries import DeliverySender, DeliveryStore
from stoat_ferret.rules.store import RuleChange
from stoat_ferret.rules.webhook import JITTER, RETRY_SECONDS, sign
from stoat_ferret.rules.webhook_client import WebhookClient

if TYPE_CHECKING:
    from tests.integration.rules.conftest import RuleHarness

    from stoat_ferret.rules.deliveries import Delivery
    from stoat_ferret.rules.store import Rule

LOOPBACK = [ip_network("127.0.0.0/8")]


async def deliveries(harness: RuleHarness, rule: Rule) -> list[Delivery]:
    """Return the deliveries of a rule, newest first."""
    return list((await DeliveryStore(harness.database).find(rule.id)).items)


async def make_due(harness: RuleHarness) -> None:
    """Have no delivery wait for its next attempt any longer."""
    waiting = webhook_deliveries.c.next_at.is_not(None)
    async with harness.database.write() as connection:
        update = sa.update(webhook_deliveries).where(waiting)
        await connection.execute(update.values(next_at=datetime.now(UTC)))


async def test_a_webhook_gets_a_signed_message_after_the_other_actions(
    harness: RuleHarness,
) -> None:
    with receiving() as receiver:
        actions = {
            "render": {"preset": "proxy"},
            "add_tags": ["seen"],
            "webhook": {"url": f"{receiver.url}/hook?to=me"},
        }
        rule = await harness.add("added", actions)
        await harness.save("sea/a.mp4")
        await harness.settle()
        sender = DeliverySender(harness.database, LOOPBACK)
        assert await sender.step()
        assert not await sender.step(), "it is delivered once"
        (message,) = receiver.messages
    (delivery,) = await deliveries(harness, rule)
    assert (delivery.state, delivery.attempts, delivery.status_code) == ("delivered", 1, 204)
    assert message.path == "/hook?to=me"
    assert message.headers["content-type"] == "application/json"
    message_id, timestamp = (message.headers[f"webhook-{name}"] for name in ("id", "timestamp"))
    assert message_id == delivery.id
    assert rule.secret is not None
    signature = sign(rule.secret, message_id, int(timestamp), message.text)
    assert message.headers["webhook-signature"] == signature
    assert message.body["type"] == "video.added"
    assert message.body["data"]["rule"] == {"id": rule.id, "name": "added"}
    (video,) = message.body["data"]["videos"]
    video_id = await harness.id_of("sea/a.mp4")
    assert (video["id"], video["path"], video["failed"]) == (video_id, "sea/a.mp4", False)
    assert [output["path"] for output in video["outputs"]] == [f"{video_id}.mp4"]


async def test_a_failed_call_is_tried_again_with_the_same_id(harness: RuleHarness) -> None:
    with receiving(503, 302) as receiver:
        rule = await harness.add("added", {"webhook": {"url": receiver.url}})
        await harness.save("a.mp4")
        await harness.settle()
        for attempts, state in ((1, "waiting"), (2, "waiting"), (3, "delivered")):
            before = datetime.now(UTC)
            sender = DeliverySender(harness.database, LOOPBACK)  # as the next process does
            assert await sender.step()
            (delivery,) = await deliveries(harness, rule)
            assert (delivery.attempts, delivery.state) == (attempts, state)
            if state == "waiting":
                assert delivery.next_at is not None
                seconds = (delivery.next_at - before).total_seconds()
                assert seconds >= RETRY_SECONDS[attempts - 1] * (1 - JITTER)
            await make_due(harness)
        assert len({message.headers["webhook-id"] for message in receiver.messages}) == 1
        assert [message.path for message in receiver.messages] == ["/"] * 3, (
            "no redirect is followed"
        )


async def test_a_receiver_that_never_accepts_is_given_up(harness: RuleHarness) -> None:
    attempts = len(RETRY_SECONDS) + 1
    with receiving(*[500] * attempts) as receiver:
        rule = await harness.add("added", {"webhook": {"url": receiver.url}})
        await harness.save("a.mp4")
        await harness.settle()
        sender = DeliverySender(harness.database, LOOPBACK)
        while await sender.step():
            await make_due(harness)
        (delivery,) = await deliveries(harness, rule)
        assert (delivery.state, delivery.attempts) == ("failed", attempts)
        assert delivery.error == "It answered with status 500."
        await DeliveryStore(harness.database).retry(rule.id, delivery.id)
        assert await sender.step()
        (delivery,) = await deliveries(harness, rule)
        assert (delivery.state, delivery.attempts) == ("delivered", 1)


async def test_a_private_address_is_not_called_unless_allowed(harness: RuleHarness) -> None:
    with receiving() as receiver:
        rule = await harness.add("added", {"webhook": {"url": receiver.url}})
        await harness.save("a.mp4")
        await harness.settle()
        assert await DeliverySender(harness.database, ()).step()
        (delivery,) = await deliveries(harness, rule)
        assert delivery.state == "failed"
        assert delivery.error is not None
        assert "STOAT_WEBHOOK_NETWORKS" in delivery.error
        assert receiver.messages == []


async def test_the_address_that_was_checked_is_the_one_that_is_called(
    harness: RuleHarness,
) -> None:
    """A name that changes its address after the look-up does not matter: it is looked up once."""
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2])
        network = CheckedNetwork(LOOPBACK)
        looked_up: list[str] = []
        addresses = network._addresses

        async def look_up(host: str, port: int) -> list[str]:
            looked_up.append(host)
            return await addresses("127.0.0.1", port)

        network._addresses = look_up  # type: ignore[method-assign]  # a name of our own
        url = f"http://rebinding.invalid:{port}/"
        answer = await WebhookClient(network).call(url, "whsec_AAAA", "id", "{}")
        assert answer.status_code == 204
        assert looked_up == ["rebinding.invalid"]
        assert receiver.messages[0].headers["host"] == f"rebinding.invalid:{port}"


async def test_a_slow_receiver_is_not_waited_for(harness: RuleHarness) -> None:
    with receiving(0) as receiver:
        client = WebhookClient(CheckedNetwork(LOOPBACK), timeout_seconds=0.2)
        answer = await client.call(receiver.url, "whsec_AAAA", "id", "{}")
        assert answer.error == "It did not answer within 0.2 seconds."


async def test_a_rule_that_is_off_calls_nobody(harness: RuleHarness) -> None:
    with receiving() as receiver:
        rule = await harness.add("added", {"webhook": {"url": receiver.url}})
        await harness.save("a.mp4")
        await harness.settle()
        await harness.store.change(rule.id, RuleChange(enabled=False))
        sender = DeliverySender(harness.database, LOOPBACK)
        assert not await sender.step()
        await harness.store.change(rule.id, RuleChange(enabled=True))
        assert await sender.step()
        assert len(receiver.messages) == 1
