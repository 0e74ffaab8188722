"""Jobs listed, cancelled and resumed through the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from tests.clips import small_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat


BEYOND_LOOPBACK = {"STOAT_TOKEN": "a secret of the test", "STOAT_HOST": "0.0.0.0"}  # noqa: S104  with a token


def test_cancel_through_a_server_beyond_loopback_that_has_a_token(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 4)
    locked = stoat.having(**gate.variables, **BEYOND_LOOPBACK)
    with locked.serve() as server:
        assert httpx.get(f"{server.url}/api/v1/jobs", trust_env=False).status_code == 401
        result = stoat.run("jobs")
        assert result.returncode == 1
        assert "STOAT_TOKEN" in result.stderr
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: j["progress_detail"]["done"])
        assert "being cancelled" in locked.run("cancel", job["id"]).stdout
        ended = server.wait_for_job(job["id"], is_final)
        assert ended["status"] == "cancelled"
        [row] = locked.json("jobs", "--status", "cancelled", "--kind", "scan")["items"]
        assert row == ended
        result = locked.run("cancel", job["id"])
        assert result.returncode == 1
        assert result.stderr.startswith("stoat-ferret: ")


def test_jobs_that_a_killed_server_left_are_cancelled_or_given_again(
    stoat: Stoat, gate: Gate
) -> None:
    gate.fill(stoat.root, 4)
    small_clips(stoat.root / "more", 1)
    with stoat.having(**gate.variables).serve() as server:
        running = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(running["id"], lambda j: j["progress_detail"]["done"])
        waiting = server.call("POST", "/scans", json={"path": str(stoat.root / "more")})
        assert waiting["status"] == "queued"
        server.running.kill()
    # The same scan is that job, and only that job runs here.
    again = stoat.json("scan", stoat.root)
    assert (again["status"], again["job_id"]) == ("succeeded", running["id"])
    assert again["found"] == 5
    jobs = "SELECT id, status, attempt FROM jobs ORDER BY created_at"
    after = [(running["id"], "succeeded", 2), (waiting["id"], "queued", 0)]
    assert stoat.rows(jobs) == after
    assert stoat.json("cancel", waiting["id"])["status"] == "cancelled"
    assert stoat.rows(jobs)[1] == (waiting["id"], "cancelled", 0)
