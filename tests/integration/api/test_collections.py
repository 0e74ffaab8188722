"""Collections and markers over HTTP, as the web app and the command line use them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.library.rows import save, video

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.integration.api.server import RunningServer

    from stoat_ferret.bootstrap import Services

BASE = "/api/v1/collections"


async def _fill(services: Services) -> None:
    await save(services.database, services.roots[0], *(video(f"{name}.mp4") for name in "abcd"))


@pytest.fixture(scope="module", autouse=True)
def _filled(server: RunningServer) -> None:
    server.call(_fill)


@pytest.fixture
def ids(client: httpx.Client) -> dict[str, str]:
    """Return the ids of the videos by name."""
    items = client.get("/api/v1/videos").json()["items"]
    return {item["name"].removesuffix(".mp4"): item["id"] for item in items}


@pytest.fixture
def address(client: httpx.Client) -> Iterator[str]:
    """Return the address of an empty collection."""
    made = client.post(BASE, json={"name": "Summer film"})
    assert made.status_code == 201, made.text
    yield f"{BASE}/{made.json()['id']}"
    client.delete(f"{BASE}/{made.json()['id']}")


def order(client: httpx.Client, address: str) -> str:
    params = {"collection": address.rpartition("/")[2]}
    items = client.get("/api/v1/videos", params=params).json()["items"]
    return "".join(item["name"].removesuffix(".mp4") for item in items)


def send(client: httpx.Client, address: str, **body: Any) -> dict[str, Any]:
    answer = client.post(address, json=body)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def test_a_collection_is_filled_sorted_and_emptied(
    client: httpx.Client, address: str, ids: dict[str, str]
) -> None:
    videos = f"{address}/videos"
    send(client, videos, query={"sort": "name", "order": "desc"})
    assert order(client, address) == "dcba"
    moved = send(client, f"{videos}/move", video_ids=[ids["a"]], before=ids["d"])
    assert order(client, address) == "adcb"
    removed = send(client, f"{videos}/remove", query={"q": "c.mp4"})
    assert (removed["changed"], order(client, address)) == (1, "adb")
    for token in (removed["undo"], moved["undo"]):
        assert client.post(f"/api/v1/undo/{token}").json()["restored"] == 1
    assert order(client, address) == "dcba"
    assert client.get(address).json()["count"] == 4
    of_video = client.get(BASE, params={"video_id": ids["a"]}).json()["items"]
    assert [one["name"] for one in of_video] == ["Summer film"]
    again = send(client, videos, video_ids=[ids["a"], "unknown"])
    assert again == {"changed": 0, "unchanged": 1, "not_found": ["unknown"], "undo": None}
    undo = client.delete(address).json()["undo"]
    problem(client.get(address), 404, "collection-not-found")
    assert client.post(f"/api/v1/undo/{undo}").status_code == 200
    assert order(client, address) == "dcba"


def test_nobody_overwrites_a_name_unseen(client: httpx.Client, address: str) -> None:
    seen = {"if-match": client.get(address).headers["etag"]}
    problem(client.patch(address, json={"name": "Film"}), 428, "precondition-required")
    renamed = client.patch(address, json={"name": "Film"}, headers=seen)
    assert renamed.json()["name"] == "Film"
    problem(client.patch(address, json={"name": "Mine"}, headers=seen), 412, "collection-changed")
    problem(client.post(BASE, json={"name": "FILM"}), 409, "collection-exists")


def test_what_cannot_be_done_is_refused(
    client: httpx.Client, address: str, ids: dict[str, str]
) -> None:
    videos = f"{address}/videos"
    elsewhere = {"video_ids": [ids["a"]], "before": ids["b"]}
    problem(client.post(f"{videos}/move", json=elsewhere), 409, "not-in-collection")
    for path, body in [
        (videos, {}),
        (videos, {"video_ids": [ids["a"]], "query": {}}),
        (videos, {"query": {"sort": "position"}}),
        (f"{videos}/move", {"video_ids": [ids["a"]], "before": ids["a"]}),
        (f"{videos}/remove", {"video_ids": []}),
        (BASE, {"name": " "}),
    ]:
        problem(client.post(path, json=body), 422, "malformed-request")
    unsorted = client.get("/api/v1/videos", params={"sort": "position"})
    assert "collection" in problem(unsorted, 422, "malformed-request")["detail"]
    problem(client.post(f"{BASE}/x/videos", json={"video_ids": ["y"]}), 404, "collection-not-found")


@pytest.fixture
def moments(ids: dict[str, str]) -> str:
    """Return the address of the markers of a video."""
    return f"/api/v1/videos/{ids['a']}/markers"


def test_a_marker_is_added_changed_exported_and_deleted(client: httpx.Client, moments: str) -> None:
    body: dict[str, Any] = {"start_seconds": 0.25, "end_seconds": 0.5, "title": "=1+1"}
    added = client.post(moments, json={**body, "tags": ["Sea", "sun", "sea"]})
    assert added.status_code == 201, added.text
    marker = added.json()
    assert marker["tags"] == ["Sea", "sun"]
    one = f"/api/v1/markers/{marker['id']}"
    seen = {"if-match": added.headers["etag"]}
    problem(client.put(one, json=body), 428, "precondition-required")
    assert client.put(one, json=body | {"tags": ["sea"]}, headers=seen).status_code == 200
    problem(client.put(one, json=body, headers=seen), 412, "marker-changed")
    (listed,) = client.get(moments).json()["items"]
    assert (listed["revision"], listed["tags"]) == (2, ["sea"])
    lines = [*csv.reader(io.StringIO(client.get(f"{moments}.csv").text))]
    assert lines[1] == ["0.25", "0.5", "'=1+1", "sea", marker["id"]]
    (hit,) = client.get("/api/v1/markers", params={"q": "SEA"}).json()["items"]
    assert (hit["id"], hit["video_name"]) == (marker["id"], "a.mp4")
    undo = client.delete(one).json()["undo"]
    problem(client.get(one), 404, "marker-not-found")
    assert client.post(f"/api/v1/undo/{undo}").json()["restored"] == 1
    assert client.get(one).json() == listed


def test_what_is_no_marker_is_refused(client: httpx.Client, moments: str) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"start_seconds": -1},
        {"start_seconds": 2, "end_seconds": 2},
        {"start_seconds": 1, "title": "two\nlines"},
        {"start_seconds": 1, "tags": [""]},
    ]
    for body in bodies:
        problem(client.post(moments, json=body), 422, "malformed-request")
    late = problem(client.post(moments, json={"start_seconds": 3600}), 422, "marker-outside-video")
    assert "after the end of the video" in late["detail"]
