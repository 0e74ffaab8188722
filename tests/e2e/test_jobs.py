"""Jobs seen, cancelled and recovered through the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat


TOKEN = {"STOAT_TOKEN": "a secret of the test"}


def test_a_killed_server_goes_on_by_itself_and_has_every_file_once(
    stoat: Stoat, gate: Gate
) -> None:
    count = 300
    gate.fill(stoat.root, count)
    with stoat.having(**gate.variables).serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: (j["progress"] or 0) >= 1 / 3)
        server.running.kill()
    with stoat.serve() as server:
        ended = server.wait_for_job(job["id"], is_final)
        assert (ended["status"], ended["progress"]) == ("succeeded", 1.0)
        assert ended["attempt"] == 2
        rows = stoat.json("videos", "--all")["items"]
    assert sorted(row["path"] for row in rows) == sorted(file.name for file in stoat.root.iterdir())
    assert len(rows) == count


def test_cancel_through_the_server(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 4)
    stoat = stoat.having(**gate.variables)
    with stoat.serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: j["progress_detail"]["done"])
        assert "being cancelled" in stoat.run("cancel", job["id"]).stdout
        ended = server.wait_for_job(job["id"], is_final)
        assert ended["status"] == "cancelled"
        [row] = stoat.json("jobs", "--status", "cancelled", "--kind", "scan")["items"]
        assert row == ended
        for job_id in (job["id"], "../videos", "none"):
            result = stoat.run("cancel", job_id)
            assert result.returncode == 1
            assert result.stderr.startswith("stoat-ferret: ")


def test_cancel_without_a_server_keeps_the_job_from_going_on(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 4)
    stoat = stoat.having(**gate.variables)
    with stoat.serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: j["progress_detail"]["done"])
        server.running.kill()
    assert stoat.json("cancel", job["id"])["status"] == "cancelled"
    assert stoat.json("jobs")["items"][0]["status"] == "cancelled"
    assert stoat.run("cancel", job["id"]).returncode == 1
    with stoat.serve() as server:
        assert server.call("GET", f"/jobs/{job['id']}")["status"] == "cancelled"


def test_the_token_opens_the_server_to_the_commands(stoat: Stoat) -> None:
    locked = stoat.having(**TOKEN)
    with locked.serve():
        assert locked.json("jobs")["items"] == []
        result = stoat.run("jobs")
        assert result.returncode == 1
        assert "STOAT_TOKEN" in result.stderr
