"""Rules of a real server that is killed, and the command that makes them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.clips import small_clips
from tests.e2e.stoat import DEADLINE_SECONDS
from tests.integration.rules.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.stoat import Stoat


def until(condition: Callable[[], Any]) -> Any:
    """Wait until `condition` holds; return its value."""
    deadline = time.monotonic() + 3 * DEADLINE_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


def test_a_rule_runs_once_for_each_video_though_the_server_is_killed(stoat: Stoat) -> None:
    small_clips(stoat.root, 2)
    stoat = stoat.having(
        STOAT_WEBHOOK_NETWORKS="127.0.0.0/8",
        STOAT_THUMBNAILS="false",
        STOAT_LOG_LEVEL="error",
    )
    with receiving(0) as receiver:  # it holds the first call
        actions = {
            "render": {"preset": "copy"},
            "add_tags": ["seen"],
            "webhook": {"url": receiver.url},
        }
        body = {"name": "All", "when": "added", "actions": actions}
        with stoat.serve() as server:
            rule = server.call("POST", "/rules", json=body)
            server.scan(stoat.root)
            server.running.kill()  # wherever it is
        with stoat.serve() as server:
            receiver.wait_for(1)
            server.running.kill()  # in the middle of the call
        with stoat.serve() as server:
            path = f"/rules/{rule['id']}"
            done = {"waiting": 0, "running": 0, "done": 2, "failed": 0}
            until(lambda: server.call("GET", path)["runs"] == done)
            until(lambda: server.call("GET", f"{path}/deliveries?state=waiting")["total"] == 0)
            delivered = server.call("GET", f"{path}/deliveries?state=delivered")["items"]
        calls = {message.headers["webhook-id"]: message for message in receiver.messages}
    assert calls.keys() == {delivery["id"] for delivery in delivered}
    again = [message.headers["webhook-id"] for message in receiver.messages[1:]]
    assert receiver.messages[0].headers["webhook-id"] in again, "it was not answered"
    told = [video["id"] for call in calls.values() for video in call.body["data"]["videos"]]
    assert sorted(told) == sorted({*told})
    assert len(told) == 2
    (batches,) = stoat.rows("SELECT count(*) FROM rule_batches")[0]
    kinds = dict(stoat.rows("SELECT kind, count(*) FROM jobs GROUP BY kind"))
    assert kinds == {"scan": 1, "render-batch": batches}
    assert stoat.rows("SELECT count(*) FROM recipes") == [(2,)], "each was rendered once"
    assert stoat.rows("SELECT count(*) FROM video_tags") == [(2,)], "and its render has no tag"
