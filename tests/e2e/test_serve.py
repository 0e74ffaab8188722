"""`stoat-ferret serve` as people and systemd use it."""

from __future__ import annotations

import resource
import signal
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat

STOP_SECONDS = 10.0
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  what is to be refused without a token
TOKEN = {"STOAT_TOKEN": "a secret of the test"}


def test_it_says_where_it_serves_and_what(stoat: Stoat) -> None:
    with stoat.start("serve") as server:
        server.wait_for(lambda s: "stoat-ferret samples" in s.stdout)
        assert "serves http://127.0.0.1:" in server.stdout
        assert f"root: {stoat.root}\n" in server.stdout
        assert "The library is empty" in server.stdout
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert server.stdout.endswith("Stopped.\n")


def test_it_says_so_when_the_root_is_the_default_one(stoat: Stoat) -> None:
    (stoat.home / "Videos").mkdir()
    with stoat.having(STOAT_ROOTS="").start("serve") as server:
        server.wait_for(lambda s: "root:" in s.stdout)
        assert f"root: {stoat.home / 'Videos'} (the default" in server.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_soon_with_an_open_stream_and_a_scan_under_way(
    stoat: Stoat, gate: Gate, number: signal.Signals
) -> None:
    gate.fill(stoat.root, 8)
    stoat = stoat.having(**gate.variables, STOAT_SHUTDOWN_GRACE_SECONDS="0.5")
    with stoat.serve() as server, server.client() as client:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda job: job["progress_detail"]["done"])
        with client.stream("GET", "/events", timeout=STOP_SECONDS * 2) as stream:
            lines = stream.iter_lines()
            next(lines)
            child = gate.wait_until_holding()
            started = time.monotonic()
            server.running.send(number)
            list(lines)  # the stream ends by itself
        assert server.running.wait() == 0
        assert time.monotonic() - started < STOP_SECONDS
        assert "Traceback" not in server.running.stderr
        child.wait(STOP_SECONDS)
    gate.open()
    with stoat.serve() as server:  # what was not finished goes on
        assert server.wait_for_job(job["id"], lambda j: j["finished_at"])["status"] == "succeeded"


def test_a_second_server_on_the_same_data_folder_names_the_first(stoat: Stoat) -> None:
    with stoat.serve() as first:
        second = stoat.run("serve")
        assert second.returncode == 1
        assert f"`stoat-ferret serve` (process {first.greeting['pid']})" in second.stderr
        assert first.url in second.stderr
        assert first.call("GET", "/jobs")["items"] == []


def test_a_port_that_is_in_use_is_a_sentence(stoat: Stoat) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = stoat.run("serve", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "STOAT_PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_beyond_loopback_a_token_is_needed(stoat: Stoat) -> None:
    result = stoat.run("serve", "--host", ANY_ADDRESS)
    assert result.returncode == 1
    assert "STOAT_TOKEN" in result.stderr
    with stoat.having(**TOKEN, STOAT_HOST=ANY_ADDRESS).serve() as server:
        assert httpx.get(f"{server.url}/api/v1/jobs", trust_env=False).status_code == 401
        assert server.call("GET", "/jobs")["total"] == 0


def test_who_cannot_wait_for_the_stop_sees_no_stack(stoat: Stoat) -> None:
    with stoat.start("serve", stoat.root) as server:
        server.wait_for(lambda s: "serves" in s.stdout)
        server.send(signal.SIGINT)
        time.sleep(0.01)  # no wait: two at once would be one
        server.send(signal.SIGINT)
        server.wait()
        assert "Stopped." in server.stdout
        assert "Traceback" not in server.stdout + server.stderr


def test_a_root_that_is_not_there_is_a_warning(stoat: Stoat, tmp_path: Path) -> None:
    with stoat.start("serve", tmp_path / "unplugged", stoat.root) as server:
        server.wait_for(lambda s: "unplugged" in s.stderr and "serves" in s.stdout)
        assert f"warning: the root {tmp_path / 'unplugged'} cannot be read" in server.stderr


def test_a_flood_of_idle_connections_stops_nobody_and_fills_no_log(stoat: Stoat) -> None:
    with ExitStack() as flood, stoat.serve(descriptors=256) as server:
        address = httpx.URL(server.url)
        for number in range(400):
            where = (address.host, address.port or 0)
            flood.enter_context(socket.create_connection(where, timeout=STOP_SECONDS))
            if number % 20 == 0:
                assert server.call("GET", "/jobs")["total"] == 0
        lines = server.running.stderr.splitlines()
        assert sum("connections_full" in line for line in lines) == 1
        assert not any("connection_not_accepted" in line for line in lines)
        assert len(server.running.stderr) < 50_000


def test_descriptors_that_run_out_are_one_line_and_do_not_end_the_server(stoat: Stoat) -> None:
    with ExitStack() as flood, stoat.serve() as server, server.client() as client:
        assert client.get("/jobs").status_code == 200
        pid = server.running.process.pid
        used = psutil.Process(pid).num_fds()
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 1, used + 100))
        address = httpx.URL(server.url)
        for _ in range(10):
            where = (address.host, address.port or 0)
            flood.enter_context(socket.create_connection(where, timeout=STOP_SECONDS))
        server.running.wait_for(lambda s: "connection_not_accepted" in s.stderr)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 100, used + 100))
        assert httpx.get(f"{server.url}/health/live", trust_env=False).status_code == 200
        assert server.running.stderr.count("connection_not_accepted") == 1
        assert before[0] > used


def test_a_data_folder_that_cannot_be_made_is_a_sentence(stoat: Stoat, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = stoat.run("serve", "--data-dir", tmp_path / "file" / "data")
    assert result.returncode == 1
    assert "STOAT_DATA_DIR" in result.stderr
    assert "Traceback" not in result.stderr
