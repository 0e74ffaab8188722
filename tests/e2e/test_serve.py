"""`stoat-ferret serve` as people and systemd use it."""

from __future__ import annotations

import resource
import signal
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest
from tests.e2e.stoat import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.media import Gate
    from tests.e2e.stoat import Running, Serving, Stoat

STOP_SECONDS = 10.0
GRACE_SECONDS = 5.0
"""The default of the setting."""
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  what is to be refused without a token


def test_it_says_where_it_serves_and_what(stoat: Stoat, tmp_path: Path) -> None:
    absent = tmp_path / "unplugged"
    with stoat.start("serve", absent, stoat.root) as server:
        server.wait_for(lambda s: "stoat-ferret samples" in s.stdout and "unplugged" in s.stderr)
        assert "serves http://127.0.0.1:" in server.stdout
        assert f"root: {stoat.root}\n" in server.stdout
        assert "The library is empty" in server.stdout
        assert f"warning: the root {absent} cannot be read" in server.stderr
        url = server.stdout.partition("serves ")[2].split()[0]
        second = stoat.run("serve")
        assert second.returncode == 1
        assert f"`stoat-ferret serve` (process {server.process.pid})" in second.stderr
        assert url in second.stderr
        assert httpx.get(f"{url}/api/v1/jobs", trust_env=False).json()["items"] == []
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert server.stdout.endswith("Stopped.\n")


def test_it_says_so_when_the_root_is_the_default_one_and_who_hurries_it_sees_no_stack(
    stoat: Stoat,
) -> None:
    (stoat.home / "Videos").mkdir()
    with stoat.having(STOAT_ROOTS="").start("serve") as server:
        server.wait_for(lambda s: "root:" in s.stdout)
        assert f"root: {stoat.home / 'Videos'} (the default" in server.stdout
        server.send(signal.SIGINT)
        time.sleep(0.01)  # no wait: two at once would be one
        server.send(signal.SIGINT)
        server.wait()
        assert "Stopped." in server.stdout
        assert "Traceback" not in server.stdout + server.stderr


def test_a_signal_stops_it_soon_with_an_open_stream_and_a_scan_under_way(
    stoat: Stoat, gate: Gate
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
            server.running.send(signal.SIGTERM)
            list(lines)  # the stream ends by itself
        assert server.running.wait() == 0
        assert time.monotonic() - started < STOP_SECONDS
        assert "Traceback" not in server.running.stderr
        child.wait(STOP_SECONDS)
    gate.open()
    with stoat.serve() as server:  # what was not finished goes on
        assert server.wait_for_job(job["id"], lambda j: j["finished_at"])["status"] == "succeeded"


@pytest.mark.soak  # the orderly stop above has the same steps
@pytest.mark.serial
def test_a_signal_under_load_ends_it_within_the_grace(
    stoat: Stoat, gate: Gate, tmp_path: Path
) -> None:
    gate.fill(stoat.root, 8)
    (stoat.root / "big.mp4").write_bytes(bytes(30_000_000))
    stoat = stoat.having(**gate.variables)
    with ExitStack() as load, stoat.serve() as server, server.client() as client:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda job: job["progress_detail"]["done"])
        gate.wait_until_holding()
        for _ in range(20):  # streams that are open, answers that nobody reads, slow bodies
            stream = load.enter_context(client.stream("GET", "/events", timeout=60))
            next(stream.iter_lines())
        load.enter_context(asking_without_end(server))
        started = time.monotonic()
        server.running.send(signal.SIGTERM)
        assert server.running.wait() == 0
        elapsed = time.monotonic() - started
        assert elapsed < GRACE_SECONDS, elapsed


@contextmanager
def asking_without_end(server: Serving) -> Iterator[None]:
    """Run eight clients that send one request after the other until the block ends."""
    ended = threading.Event()

    def ask() -> None:
        with server.client() as client:
            while not ended.is_set():
                with suppress(httpx.TransportError):
                    client.get("/videos", params={"q": "a"})

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(STOP_SECONDS)


def test_a_port_that_is_in_use_is_a_sentence(stoat: Stoat) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = stoat.run("serve", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "STOAT_PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_beyond_loopback_a_token_is_needed(stoat: Stoat) -> None:
    """test_jobs.py starts a server that has a token."""
    result = stoat.run("serve", "--host", ANY_ADDRESS)
    assert result.returncode == 1
    assert "STOAT_TOKEN" in result.stderr


def test_a_flood_of_idle_connections_stops_nobody_and_fills_no_log(stoat: Stoat) -> None:
    with ExitStack() as flood, stoat.serve(limits={resource.RLIMIT_NOFILE: 256}) as server:
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


def test_a_start_for_which_there_is_no_memory_ends(stoat: Stoat) -> None:
    with stoat.start("serve", limits={resource.RLIMIT_AS: 300 * 2**20}) as server:
        started_or_ended(server)


@pytest.mark.parametrize("descriptors", [9, 21])
def test_a_start_for_which_there_are_no_descriptors_ends(stoat: Stoat, descriptors: int) -> None:
    with stoat.start("serve", limits={resource.RLIMIT_NOFILE: descriptors}) as server:
        started_or_ended(server)
        assert "Traceback" not in server.stderr


def started_or_ended(server: Running) -> None:
    """Wait until the server answers, or has ended with an exit code that reports a failure."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while server.process.poll() is None:
        assert time.monotonic() < deadline, f"it neither serves nor ends: {server.stderr}"
        if "serves http" in server.stdout:
            url = server.stdout.partition("serves ")[2].split()[0]
            # One that has no memory left may drop a connection, before it serves the next, or ends.
            with suppress(httpx.TransportError):
                assert httpx.get(f"{url}/health/live", trust_env=False).status_code == 200
                return
        time.sleep(0.02)  # no wait: nothing reports an end
    assert server.process.returncode != 0
    assert server.wait() != 0
    assert server.stderr.strip()


def test_a_data_folder_that_cannot_be_made_is_a_sentence(stoat: Stoat, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = stoat.run("serve", "--data-dir", tmp_path / "file" / "data")
    assert result.returncode == 1
    assert "STOAT_DATA_DIR" in result.stderr
    assert "Traceback" not in result.stderr
