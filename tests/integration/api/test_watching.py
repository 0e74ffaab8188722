"""How far videos were watched, over HTTP."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.streams import event_stream, scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


@pytest.fixture
def path(client: httpx.Client) -> str:
    """Return the address of one video that was not watched."""
    (found,) = client.get("/api/v1/videos", params={"q": "small/clip-0000"}).json()["items"]
    path = f"/api/v1/videos/{found['id']}"
    put(client, path, watched=False)
    return path


def put(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.put(f"{path}/watch", json=body)
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


def test_a_report_is_in_the_video_and_in_lists(client: httpx.Client, path: str) -> None:
    stored = put(client, path, watched=True)
    assert stored["watched"] is True
    etag = client.get(path).headers["etag"]
    video = client.get(path).json()
    assert {name: video[name] for name in stored} == stored
    (listed,) = client.get("/api/v1/videos", params={"watched": "yes"}).json()["items"]
    assert {name: listed[name] for name in stored} == stored
    late = put(client, path, watched=False, age_seconds=3600)
    assert late == stored
    assert client.get(path).headers["etag"] == etag, "it is no edit that others could overwrite"


def test_started_videos_have_a_list(client: httpx.Client, path: str) -> None:
    assert client.get("/api/v1/videos/started").json() == {"items": []}
    # Its duration is unknown: the clips are shorter than any position that is worth resuming.
    (bad,) = client.get("/api/v1/videos", params={"status": "bad"}).json()["items"]
    put(client, f"/api/v1/videos/{bad['id']}", position_seconds=100)
    (started,) = client.get(
        "/api/v1/videos", params={"status": "bad", "watched": "started"}
    ).json()["items"]
    assert started["position_seconds"] == 100
    assert client.get("/api/v1/videos/started").json() == {"items": []}, "it does not play"
    for wrong in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"unknown": 1}):
        problem(client.get("/api/v1/videos/started", params=wrong), 422, "malformed-request")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"position_seconds": -1},
        {"position_seconds": "x"},
        {"position_seconds": None},
        {"position_seconds": 2e9},
        {"watched": "maybe"},
        {"watched": True, "age_seconds": -1},
        {"watched": True, "age_seconds": 1e12},
        {"watched": True, "unknown": 1},
        [],
    ],
)
def test_a_malformed_report_is_refused(client: httpx.Client, path: str, body: Any) -> None:
    problem(client.put(f"{path}/watch", json=body), 422, "malformed-request")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_must_be_finite(client: httpx.Client, path: str, number: float) -> None:
    text = f'{{"position_seconds": {number}}}'.replace("nan", "NaN").replace("inf", "Infinity")
    answer = client.put(f"{path}/watch", content=text, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


def test_a_video_that_does_not_exist_is_a_problem(client: httpx.Client) -> None:
    answer = client.put("/api/v1/videos/nothing/watch", json={"watched": True})
    problem(answer, 404, "video-not-found")


def test_only_a_change_of_state_is_an_event(client: httpx.Client, path: str) -> None:
    with event_stream(client) as events:
        put(client, path, watched=False)
        put(client, path, watched=True)
        event = next(one for one in events if one.name == "library")
        assert event.data["counts"] == {"edited": 1}
