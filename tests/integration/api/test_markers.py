"""Markers over HTTP."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.library.rows import save, video

if TYPE_CHECKING:
    import httpx
    from tests.integration.api.server import RunningServer

    from stoat_ferret.bootstrap import Services


async def _fill(services: Services) -> None:
    await save(services.database, services.roots[0], video("a.mp4"))


@pytest.fixture(scope="module")
def address(server: RunningServer, client: httpx.Client) -> str:
    """Return the address of the markers of a video."""
    server.call(_fill)
    (found,) = client.get("/api/v1/videos").json()["items"]
    return f"/api/v1/videos/{found['id']}/markers"


def test_a_marker_is_added_changed_exported_and_deleted(client: httpx.Client, address: str) -> None:
    body: dict[str, Any] = {"start_seconds": 12.5, "end_seconds": 20, "title": "=1+1"}
    added = client.post(address, json={**body, "tags": ["Sea", "sun", "sea"]})
    assert added.status_code == 201, added.text
    marker = added.json()
    assert marker["tags"] == ["Sea", "sun"]
    one = f"/api/v1/markers/{marker['id']}"
    seen = {"if-match": added.headers["etag"]}
    problem(client.put(one, json=body), 428, "precondition-required")
    assert client.put(one, json=body | {"tags": ["sea"]}, headers=seen).status_code == 200
    problem(client.put(one, json=body, headers=seen), 412, "marker-changed")
    (listed,) = client.get(address).json()["items"]
    assert (listed["revision"], listed["tags"]) == (2, ["sea"])
    lines = [*csv.reader(io.StringIO(client.get(f"{address}.csv").text))]
    assert lines[1] == ["12.5", "20.0", "'=1+1", "sea", marker["id"]]
    (hit,) = client.get("/api/v1/markers", params={"q": "SEA"}).json()["items"]
    assert (hit["id"], hit["video_name"]) == (marker["id"], "a.mp4")
    undo = client.delete(one).json()["undo"]
    problem(client.get(one), 404, "marker-not-found")
    assert client.post(f"/api/v1/undo/{undo}").json()["restored"] == 1
    assert client.get(one).json() == listed


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"start_seconds": -1},
        {"start_seconds": 2, "end_seconds": 2},
        {"start_seconds": 1, "title": "two\nlines"},
        {"start_seconds": 1, "tags": [""]},
    ],
)
def test_what_is_no_marker_is_refused(
    client: httpx.Client, address: str, body: dict[str, Any]
) -> None:
    problem(client.post(address, json=body), 422, "malformed-request")
