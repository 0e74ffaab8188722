"""Rules over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

DEADLINE_SECONDS = 100.0
RULES = "/api/v1/rules"
TAG = {"add_tags": ["from a rule"]}


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library / "small"))["status"] == "succeeded"


@pytest.fixture(autouse=True)
def _without_rules(client: httpx.Client) -> Iterator[None]:
    yield
    for rule in client.get(RULES).json()["items"]:
        assert client.delete(f"{RULES}/{rule['id']}").status_code == 204


def made(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post(RULES, json={"name": "A rule", "when": "added", "actions": TAG, **body})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule


def test_a_rule_runs_on_the_videos_that_its_dry_run_named(client: httpx.Client) -> None:
    body = {"when": "added", "filter": {"q": "clip-0001"}, "actions": TAG}
    told = client.post(f"{RULES}/preview", json=body).json()
    assert (told["count"], told["tagged"], told["jobs"]) == (1, 1, 0)
    rule = made(client, filter={"q": "clip-0001"}, include_existing=True)
    path = f"{RULES}/{rule['id']}"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while client.get(path).json()["runs"]["done"] == 0:
        assert time.monotonic() < deadline
    (run,) = client.get(f"{path}/runs").json()["items"]
    assert run["video_id"] == told["videos"][0]["id"]
    assert client.get(f"/api/v1/videos/{run['video_id']}").json()["tags"] == TAG["add_tags"]
    assert client.get(f"{path}/runs", params={"state": "failed"}).json()["total"] == 0


def test_a_rule_is_changed_field_by_field(client: httpx.Client) -> None:
    rule = made(client, filter={"q": "nothing"})
    path = f"{RULES}/{rule['id']}"
    changed = client.patch(path, json={"name": "Another", "enabled": False}).json()
    assert changed == {**rule, "name": "Another", "enabled": False}
    assert client.patch(path, json={"filter": None}).json()["filter"] is None
    search = client.post("/api/v1/searches", json={"name": "All", "query": {}}).json()
    changed = client.patch(path, json={"when": "matches", "search_id": search["id"]}).json()
    assert (changed["when"], changed["search_id"]) == ("matches", search["id"])
    changed = client.patch(path, json={"filter": {"q": "sea"}}).json()
    assert (changed["search_id"], changed["filter"]["q"]) == (None, "sea")
    problem(client.patch(path, json={"filter": None}), 422, "malformed-request")
    assert client.get(path).json() == changed
    assert client.delete(path).status_code == 204
    for call in (client.get, client.delete):
        problem(call(path), 404, "rule-not-found")


def test_what_cannot_be_a_rule_is_refused(client: httpx.Client) -> None:
    for change, slug in (
        ({"actions": {}}, "malformed-request"),
        ({"when": "matches"}, "malformed-request"),
        ({"filter": {}, "search_id": 1}, "malformed-request"),
        ({"name": " "}, "malformed-request"),
        ({"colour": "red"}, "malformed-request"),
        ({"search_id": 99}, "rule-refused"),
        ({"when": "changed", "include_existing": True}, "rule-refused"),
        ({"enabled": False, "include_existing": True}, "rule-refused"),
        ({"actions": {"render": {"preset": "papyrus"}}}, "malformed-request"),
        ({"actions": {"render": {"preset": "proxy", "name": "{x}"}}}, "render-refused"),
        (
            {"actions": {"render": {"preset": "audio", "options": {"video_codec": "h264"}}}},
            "render-refused",
        ),
        ({"actions": {"webhook": {"url": "ftp://example.org"}}}, "malformed-request"),
        ({"actions": {"webhook": {"url": "http://me:secret@example.org"}}}, "malformed-request"),
    ):
        body = {"name": "A rule", "when": "added", "actions": TAG, **change}
        problem(client.post(RULES, json=body), 422, slug)
    assert client.get(RULES).json() == {"items": []}
    problem(
        client.post(f"{RULES}/preview", json={"when": "added", "search_id": 99, "actions": TAG}),
        404,
        "search-not-found",
    )
