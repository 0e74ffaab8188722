"""Scans and jobs over HTTP."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes

from tests.clips import make_clip
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan, wait_for_end

from stoat_ferret.job_kinds import JOB_KINDS

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def test_a_scan_is_a_job_that_says_where_it_is(client: httpx.Client, library: Path) -> None:
    answer = client.post("/api/v1/scans", json={"path": str(library)})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert job["kind"] == "scan"
    ended = wait_for_end(client, job["id"])
    assert ended["status"] == "succeeded", ended
    assert ended["progress"] == 1.0
    assert ended["result"]["found"] == 5 + 3  # the link inside leads to three of them again
    assert client.get(answer.headers["location"]).json()["result"] == ended["result"]


def test_a_job_has_all_its_fields(client: httpx.Client, library: Path) -> None:
    job = scan(client, str(library / "empty"))
    assert set(job) == {
        "id", "kind", "status", "params", "progress", "progress_detail", "result", "error", "key",
        "priority", "attempt", "cancel_requested", "created_at", "started_at", "finished_at",
        "timeout_seconds", "worker", "revision",
    }  # fmt: skip
    assert set(job["progress_detail"]) == {
        "done", "total", "unit", "phase", "current", "rate", "eta_seconds",
        "speed", "fps", "size_bytes",
    }  # fmt: skip
    assert job["created_at"].endswith("Z")


def test_a_job_that_has_ended_cannot_be_cancelled_but_be_forgotten(
    client: httpx.Client, library: Path
) -> None:
    path = f"/api/v1/jobs/{scan(client, str(library / 'empty'))['id']}"
    problem(client.post(f"{path}/cancel"), 409, "job-finished")
    forgotten = client.delete(path)
    assert forgotten.status_code == 204
    assert forgotten.content == b""
    problem(client.get(path), 404, "job-not-found")
    problem(client.delete(path), 404, "job-not-found")


def test_all_jobs_that_have_ended_are_forgotten_in_one_request(
    client: httpx.Client, library: Path
) -> None:
    made = [scan(client, str(library / "empty"))["id"] for _ in range(2)]
    assert client.delete("/api/v1/jobs", params={"kind": "render"}).json() == {"forgotten": 0}
    for status in ("failed", "timed_out"):
        client.delete("/api/v1/jobs", params={"status": status})
    assert client.get(f"/api/v1/jobs/{made[0]}").status_code == 200
    answer = client.delete("/api/v1/jobs", params={"kind": "scan", "status": "succeeded"})
    assert answer.status_code == 200
    assert answer.json()["forgotten"] >= 2
    for job_id in made:
        problem(client.get(f"/api/v1/jobs/{job_id}"), 404, "job-not-found")
    problem(client.delete("/api/v1/jobs", params={"status": "running"}), 422, "malformed-request")
    problem(client.delete("/api/v1/jobs", params={"video_id": "x"}), 422, "malformed-request")


def test_a_job_that_has_ended_can_be_run_again(client: httpx.Client, library: Path) -> None:
    old = scan(client, str(library / "small"))
    answer = client.post(f"/api/v1/jobs/{old['id']}/retry")
    assert answer.status_code == 202
    new = answer.json()
    assert new["id"] != old["id"]
    assert new["params"] == old["params"]
    assert answer.headers["location"] == f"/api/v1/jobs/{new['id']}"
    assert wait_for_end(client, new["id"])["status"] == "succeeded"


def test_jobs_are_listed_newest_first_in_parts(client: httpx.Client, library: Path) -> None:
    made = [scan(client, str(library / "empty"))["id"] for _ in range(3)]
    listed: list[dict[str, Any]] = []
    parameters: dict[str, str] = {"limit": "2", "kind": "scan", "status": "succeeded"}
    while True:
        page = client.get("/api/v1/jobs", params=parameters).json()
        listed += page["items"]
        assert len(page["items"]) <= 2
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    ids = [job["id"] for job in listed]
    assert ids[:3] == made[::-1]
    assert len(ids) == len(set(ids)) == page["total"]
    assert client.get("/api/v1/jobs", params={"kind": "nothing"}).json() == {
        "items": [],
        "next_cursor": None,
        "total": 0,
    }


def test_the_jobs_of_a_video_are_those_that_looked_at_it(
    client: httpx.Client, library: Path
) -> None:
    every = scan(client, str(library))["id"]
    small = scan(client, str(library / "small"))["id"]
    deep = scan(client, str(library / "small" / "deep"))["id"]
    video, other = _videos_in(client, "small")[:2]
    storyboards = [
        _made(client, {"video_ids": [video]}),
        _made(client, {"video_ids": [video, other]}),
    ]
    elsewhere = _made(client, {"video_ids": [other]})
    shallow = _scanned(client, str(library), recursive=False)
    path = str(library / "small")
    flat = _scanned(client, path, recursive=False)
    of_folder = [_made(client, {"path": path}), _made(client, {})]
    found = client.get("/api/v1/jobs", params={"video_id": video, "limit": 5}).json()
    assert [job["id"] for job in found["items"]] == [*of_folder[::-1], flat, *storyboards[::-1]]
    rest = client.get(
        "/api/v1/jobs", params={"video_id": video, "cursor": found["next_cursor"]}
    ).json()
    assert [job["id"] for job in rest["items"]][:2] == [small, every]
    assert not {deep, elsewhere, shallow} & {job["id"] for job in rest["items"]}
    scans = client.get("/api/v1/jobs", params={"video_id": video, "kind": "scan", "limit": 1})
    assert [job["id"] for job in scans.json()["items"]] == [flat]


def test_jobs_that_ended_before_a_video_was_added_are_not_its_own(
    client: httpx.Client, library: Path
) -> None:
    before = scan(client, str(library / "small"))["id"]
    newcomer = library / "small" / "newcomer.mp4"
    shutil.copy(make_clip("small-1.mp4"), newcomer)
    after = scan(client, str(library / "small"))["id"]
    (video,) = client.get("/api/v1/videos", params={"q": "newcomer"}).json()["items"]
    found = client.get("/api/v1/jobs", params={"video_id": video["id"]}).json()
    assert [job["id"] for job in found["items"]] == [after]
    assert before != after


def test_the_jobs_of_a_video_whose_folder_is_no_text_are_found(
    client: httpx.Client, library: Path
) -> None:
    folder = library / os.fsdecode(b"caf\xe9")
    job = scan(client, f"file://{quote_from_bytes(os.fsencode(folder))}")
    (video,) = [
        one
        for one in client.get("/api/v1/videos").json()["items"]
        if one["folder"].startswith("caf")
    ]
    found = client.get("/api/v1/jobs", params={"video_id": video["id"], "limit": 1}).json()
    assert [one["id"] for one in found["items"]] == [job["id"]]


def test_the_jobs_of_a_video_that_is_not_there_are_an_error(client: httpx.Client) -> None:
    problem(client.get("/api/v1/jobs", params={"video_id": "%"}), 404, "video-not-found")


def _videos_in(client: httpx.Client, folder: str) -> list[str]:
    return [
        video["id"]
        for video in client.get("/api/v1/videos", params={"folder": folder}).json()["items"]
    ]


def _made(client: httpx.Client, request: dict[str, Any]) -> str:
    answer = client.post("/api/v1/storyboards", json=request)
    return str(wait_for_end(client, answer.json()["id"])["id"])


def _scanned(client: httpx.Client, path: str, **options: bool) -> str:
    answer = client.post("/api/v1/scans", json={"path": path, **options})
    return str(wait_for_end(client, answer.json()["id"])["id"])


def test_the_kinds_of_jobs_are_listed(client: httpx.Client) -> None:
    items = client.get("/api/v1/jobs/kinds").json()["items"]
    assert {kind["name"]: kind["label"] for kind in items} == {
        name: kind.label for name, kind in JOB_KINDS.items()
    }
    scan = next(kind for kind in items if kind["name"] == "scan")
    assert scan["phases"]["probing"] == "Reading files"
    assert list(scan["counts"])[:2] == ["found", "added"]
