"""Two commands with different data folders over one database."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from tests.e2e.stoat import Stoat, is_final

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.media import Gate


@pytest.fixture
def other(stoat: Stoat, tmp_path: Path) -> Stoat:
    """Return the same command with another data folder over the same database."""
    home = tmp_path / "other-home"
    home.mkdir()
    url = f"sqlite:///{stoat.data_dir / 'library.db'}"
    return Stoat(home, stoat.root, {**stoat.variables, "STOAT_DATABASE_URL": url})


def test_a_second_process_is_refused_and_spoils_nothing(
    stoat: Stoat, other: Stoat, gate: Gate
) -> None:
    gate.fill(stoat.root, 8)
    # The file that is still held back when the gate opens fails at its deadline.
    slow = stoat.having(**gate.variables, STOAT_PROBE_TIMEOUT_SECONDS="3")
    with slow.serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: (j["progress_detail"]["done"] or 0) >= 3)
        for command in (
            ["scan", other.root],
            ["serve"],
            ["cancel", job["id"]],
        ):
            refused = other.run(*command)
            assert refused.returncode == 1, (command, refused.stdout)
            assert "library.db is in use by `stoat-ferret serve` (process " in refused.stderr
            assert f"--data-dir {stoat.data_dir}" in refused.stderr
        assert other.json("videos", "--status", "ok")["total"] >= 0  # reading works beside it
        gate.open()
        result = server.wait_for_job(job["id"], is_final)["result"]
        assert (result["found"], result["missing"]) == (8, 0)
        assert server.call("GET", "/videos?status=missing")["total"] == 0
        assert stoat.statuses()["ok"] == result["added"] > 0
        server.running.send(signal.SIGKILL)
        server.running.wait()
    with other.serve() as server:
        assert server.scan(other.root)["found"] == 8
        refused = stoat.run("scan", stoat.root)
        assert (refused.returncode, f"--data-dir {other.data_dir}" in refused.stderr) == (1, True)
        assert sum(stoat.statuses().values()) == 8
