"""Scans and jobs over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.api.problems import problem
from tests.integration.api.streams import scan, wait_for_end

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
        "timeout_seconds", "worker",
    }  # fmt: skip
    assert set(job["progress_detail"]) == {
        "done", "total", "unit", "phase", "current", "rate", "eta_seconds"
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
