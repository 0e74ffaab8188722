"""A server whose database is locked answers, and stops when it is asked to."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat


def test_it_stops_in_time_while_the_database_is_locked(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 30)
    with stoat.having(**gate.variables).serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: (j["progress_detail"]["done"] or 0) >= 3)
        library = stoat.data_dir / "library.db"
        with closing(sqlite3.connect(library, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            started = time.monotonic()
            answer = server.call("POST", f"/jobs/{job['id']}/cancel")
            assert (answer["status"], answer["cancel_requested"]) == ("running", True)
            assert time.monotonic() - started < 5
            assert server.call("GET", "/videos")["total"] >= 0
            started = time.monotonic()
            server.running.send(signal.SIGTERM)
            assert server.running.wait() == 0
            # The grace is five seconds; a busy machine gets five more.
            assert time.monotonic() - started < 10
