"""Removal of records over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

URL = "/api/v1/videos/forget"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("films")
    small_clips(root, 6)
    return root


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"
    for number in range(3):
        (library / f"clip-000{number}.mp4").unlink()
    assert scan(client, str(library))["result"]["missing"] == 3


def ids(client: httpx.Client, status: str) -> list[str]:
    found = client.get("/api/v1/videos", params={"status": status}).json()["items"]
    return [video["id"] for video in found]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"dry_run": True},
        {"missing_for_seconds": 1},
        {"missing_for_seconds": -1, "dry_run": True},
        {"missing_for_seconds": 1e300, "dry_run": True},
        {"missing_for_seconds": 0, "dry_run": False},
        {"missing_for_seconds": 0, "missing_before": "2026-01-01T00:00:00Z", "dry_run": True},
        {"missing_before": "2026-01-01T00:00:00", "dry_run": True},
        {"ids": ["a"] * 1001, "dry_run": True},
        {"missing_for_seconds": 0, "dry_run": True, "surprise": 1},
    ],
)
def test_a_request_that_is_not_clear_is_refused(client: httpx.Client, body: Any) -> None:
    problem(client.post(URL, json=body), 422, "malformed-request")


def test_first_it_is_counted_and_then_exactly_that_goes(
    client: httpx.Client, library: Path
) -> None:
    nothing = client.post(URL, json={"missing_for_seconds": 86400, "dry_run": True}).json()
    assert (nothing["count"], nothing["examples"]) == (0, [])
    counted = client.post(URL, json={"missing_for_seconds": 0, "dry_run": True}).json()
    assert (counted["count"], counted["forgotten"], counted["annotated"]) == (3, 0, 0)
    assert {one["path"] for one in counted["examples"]} == {f"clip-000{n}.mp4" for n in range(3)}
    wish = {"missing_before": counted["missing_before"], "dry_run": False}
    problem(client.post(URL, json={**wish, "expected_count": 2}), 409, "forgetting-changed")
    assert len(ids(client, "missing")) == 3
    done = client.post(URL, json={**wish, "expected_count": 3}).json()
    assert done["forgotten"] == 3
    assert ids(client, "missing") == []
    assert len(ids(client, "ok")) == 3


def test_named_ones_go_and_their_files_stay(client: httpx.Client, library: Path) -> None:
    (first, *_) = ids(client, "ok")
    path = client.get(f"/api/v1/videos/{first}").json()["path"]
    done = client.post(URL, json={"ids": [first], "dry_run": False, "expected_count": 1}).json()
    assert done["forgotten"] == 1
    assert (library / path).exists()
    problem(client.get(f"/api/v1/videos/{first}"), 404, "video-not-found")
