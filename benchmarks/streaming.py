"""The speed of serving a file, compared with reading it, bare sockets, and Starlette's own answer.

python -m benchmarks.streaming [--megabytes 512] [--repeats 3]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from benchmarks.running_server import running_server, start_scan, wait_for
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route
from tests.clips import make_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

CHUNK_BYTES = 1024 * 1024


def big_clip(path: Path, megabytes: int) -> None:
    """Write a clip with a box of noise at the end."""
    clip = make_clip("small-0.mp4").read_bytes()
    noise = os.urandom(megabytes * 1_000_000 - len(clip) - 8)
    path.write_bytes(clip + (len(noise) + 8).to_bytes(4, "big") + b"free" + noise)


def read(path: Path) -> int:
    """Read the file and discard it; return the number of bytes."""
    total = 0
    with path.open("rb", buffering=0) as file:
        while part := file.read(CHUNK_BYTES):
            total += len(part)
    return total


def fetch(port: int, path: str) -> int:
    """Receive the answer and discard it; return the number of bytes."""
    total, buffer = 0, bytearray(CHUNK_BYTES)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        while part := connection.recv_into(buffer):
            total += part
    return total


def serve_by_sockets(path: Path, listener: socket.socket) -> None:
    """Read and send, one client after another, with nothing in between."""
    while True:
        connection, _ = listener.accept()
        with connection, path.open("rb", buffering=0) as file:
            connection.recv(65536)
            while part := file.read(CHUNK_BYTES):
                connection.sendall(part)


def serve_by_starlette(path: Path, listener: socket.socket) -> None:
    """Serve Starlette's file response on uvicorn."""

    async def answer(_: Request) -> FileResponse:
        return FileResponse(path)

    app = Starlette(routes=[Route("/", answer)])
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


@contextmanager
def serving(serve: Callable[[Path, socket.socket], None], path: Path) -> Iterator[int]:
    """Serve `path` in a process; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.get_context("fork").Process(target=serve, args=(path, listener))
        process.start()
        try:
            yield listener.getsockname()[1]
        finally:
            process.kill()
            process.join()


def rate(work: Callable[[], int], repeats: int) -> float:
    """Return megabytes a second, the median of `repeats` after a warm-up."""
    work()
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        total = work()
        rates.append(total / 1e6 / (time.perf_counter() - start))
    return statistics.median(rates)


def main() -> None:
    """Measure all of them with the same file, which is in memory by then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        path = root / "big.mp4"
        big_clip(path, arguments.megabytes)
        rates = {"reading the file": rate(lambda: read(path), arguments.repeats)}
        for name, serve in (
            ("a bare loop of sockets", serve_by_sockets),
            ("Starlette's FileResponse", serve_by_starlette),
        ):
            with serving(serve, path) as port:
                time.sleep(1)  # it listens already; what it imports takes a moment
                rates[name] = rate(lambda port=port: fetch(port, "/"), arguments.repeats)  # type: ignore[misc]  # a default
        with running_server(root, Path(folder) / "data") as server:
            wait_for(server.client, start_scan(server.client, root))
            (video,) = server.client.get("/videos").json()["items"]
            port = server.client.base_url.port or 0
            url = f"/api/v1/videos/{video['id']}/stream"
            rates["stoat-ferret"] = rate(lambda: fetch(port, url), arguments.repeats)
    for name, megabytes in rates.items():
        print(f"{name:26} {megabytes:7.0f} MB/s")


if __name__ == "__main__":
    main()
