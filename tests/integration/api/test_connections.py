"""Clients that are slow, idle or too many cost the others nothing."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.integration.api.server import RunningServer, running_server
from tests.integration.api.streams import event_stream, scan

from stoat_ferret.api.connections import ConnectionLimits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stoat_ferret.config import Settings

LATE_SECONDS = 30.0
"""The time that no answer may exceed, even on a busy machine."""
IMPATIENT = ConnectionLimits(head_seconds=0.5, body_seconds=0.5, idle_seconds=1)
HEAD = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n"


@pytest.fixture(scope="module")
def impatient(settings: Settings) -> Iterator[RunningServer]:
    with running_server(settings, limits=IMPATIENT) as server:
        yield server


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Return the same settings with a library of its own, for a server beside the other one."""
    return settings.model_copy(update={"data_dir": tmp_path})


@contextmanager
def connection(server: RunningServer) -> Iterator[socket.socket]:
    address = ("127.0.0.1", httpx.URL(server.url).port or 0)
    with socket.create_connection(address, timeout=LATE_SECONDS) as client:
        yield client


def everything(client: socket.socket) -> bytes:
    """Return all that arrives until the server closes the connection."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status_and_problem(answer: bytes) -> tuple[bytes, str]:
    """Return the status line and the kind of problem."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    problem = json.loads(body)
    assert problem["detail"].endswith(".")
    return head.split(b"\r\n")[0], problem["type"].rpartition(":")[2]


def test_who_says_nothing_is_cut(impatient: RunningServer) -> None:
    with connection(impatient) as client:
        assert status_and_problem(everything(client))[1] == "request-too-slow"


def test_a_head_that_comes_in_drops_is_cut(impatient: RunningServer) -> None:
    with connection(impatient) as client:
        client.settimeout(0.05)
        deadline = time.monotonic() + LATE_SECONDS
        while True:
            assert time.monotonic() < deadline, "it was never cut"
            try:
                client.send(b"x")
                answer = client.recv(65536)
                break
            except TimeoutError:
                continue
            except ConnectionError:  # data sent after the close drops the answer
                return
    assert status_and_problem(answer) == (b"HTTP/1.1 408 Request Timeout", "request-too-slow")


def test_a_head_after_an_answer_is_cut_as_well(impatient: RunningServer) -> None:
    with connection(impatient) as client:
        client.sendall(HEAD + b"\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET /hea")
        assert status_and_problem(everything(client))[1] == "request-too-slow"


def test_who_asks_for_nothing_more_is_cut(impatient: RunningServer) -> None:
    with connection(impatient) as client:
        client.sendall(HEAD + b"\r\n")
        answer = everything(client)
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_that_does_not_come_is_cut(impatient: RunningServer) -> None:
    head = b"POST /api/v1/scans HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n"
    with connection(impatient) as client:
        client.sendall(head + b"content-type: application/json\r\n\r\n{")
        assert status_and_problem(everything(client)) == (
            b"HTTP/1.1 408 Request Timeout",
            "request-too-slow",
        )


def test_a_body_that_comes_steadily_may_take_its_time(own: Settings) -> None:
    patient = ConnectionLimits(body_seconds=1.0, body_bytes_per_second=200.0)
    body = json.dumps({"path": "/x" * 1000}).encode()
    head = b"POST /api/v1/scans HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with running_server(own, limits=patient) as server, connection(server) as client:
        started = time.monotonic()
        client.sendall(head + b"content-length: %d\r\n\r\n" % len(body))
        for at in range(0, len(body), 100):
            client.sendall(body[at : at + 100])
            time.sleep(0.1)  # as slow as some networks
        assert time.monotonic() - started > patient.body_seconds
        assert client.recv(65536).startswith(b"HTTP/1.1 403")


def test_what_is_no_http_is_told_so(impatient: RunningServer) -> None:
    with connection(impatient) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert status_and_problem(everything(client)) == (b"HTTP/1.1 400 Bad Request", "not-http")


def test_idle_clients_make_room_for_one_that_asks(own: Settings) -> None:
    few = ConnectionLimits(most=4)
    with running_server(own, limits=few) as server, ExitStack() as idle:
        for _ in range(20):
            idle.enter_context(connection(server))
            with server.client() as client:
                assert client.get("/health/live").status_code == 200


def test_clients_at_work_are_left_alone_and_others_wait(own: Settings) -> None:
    few = ConnectionLimits(most=3)
    with running_server(own, limits=few) as server, ExitStack() as busy:
        clients = [busy.enter_context(server.client()) for _ in range(3)]
        streams = [event_stream(client) for client in clients]
        for stream in streams:
            busy.enter_context(stream)
        with connection(server) as late:
            late.sendall(HEAD + b"connection: close\r\n\r\n")
            late.settimeout(0.5)
            with pytest.raises(TimeoutError):
                late.recv(1)
            clients[0].close()
            late.settimeout(LATE_SECONDS)
            assert everything(late).startswith(b"HTTP/1.1 200")


def test_who_does_not_read_makes_room_only_after_long(own: Settings, library: Path) -> None:
    (library / "big.mp4").write_bytes(bytes(20_000_000))
    few = ConnectionLimits(most=2, stalled_seconds=0.3)
    with running_server(own, limits=few) as server, ExitStack() as slow:
        with server.client() as client:
            scan(client, str(library))
            query = {"q": "big.mp4", "status": ["ok", "bad", "skipped"]}
            (video,) = client.get("/api/v1/videos", params=query).json()["items"]
        request = f"GET {video['stream_url']} HTTP/1.1\r\nhost: localhost\r\n\r\n"
        stalled = [slow.enter_context(connection(server)) for _ in range(2)]
        for one in stalled:
            one.sendall(request.encode())
            one.recv(1)
        with server.client() as client:
            assert client.get("/health/live").status_code == 200
        # The one that stopped first; it need not be the one that asked first.
        assert [len(everything(one)) < 20_000_000 for one in stalled].count(True) == 1
