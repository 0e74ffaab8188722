"""A real `stoat-ferret serve` in a folder of its own, for the benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class RunningServer:
    """A server, by its process and by a client of its HTTP interface."""

    pid: int
    client: httpx.Client

    def children(self) -> list[psutil.Process]:
        """Return the running processes that it has started."""
        return psutil.Process(self.pid).children(recursive=True)


FINAL = {"succeeded", "failed", "cancelled", "timed_out"}


@contextmanager
def running_server(
    root: Path,
    data_dir: Path,
    *,
    source: str = "",
    log: str = "",
    **settings: str,
) -> Iterator[RunningServer]:
    """Run a server for `root`; `settings` are STOAT_ variables without the prefix.

    `source` is the folder of its package, if it is another than this one, and `log` the file of its
    log, if that is not to be seen.
    """
    environment = {
        **os.environ,
        "STOAT_DATA_DIR": str(data_dir),
        "STOAT_LOG_LEVEL": "warning",
        "STOAT_WATCH": "off",
        **{f"STOAT_{name.upper()}": value for name, value in settings.items()},
        **({"PYTHONPATH": source} if source else {}),
    }
    # A session of its own, like a service: Linux may share the processor among sessions.
    command = [sys.executable, "-m", "stoat_ferret", "serve", str(root), "--port", "0", "--json"]
    with open(log, "a") if log else nullcontext() as stderr:  # noqa: PTH123  a name or nothing
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        announcement = json.loads(process.stdout.readline())
        with httpx.Client(base_url=announcement["url"] + "/api/v1", timeout=30) as client:
            yield RunningServer(announcement["pid"], client)
    finally:
        process.terminate()
        process.wait(30)


def start_scan(client: httpx.Client, folder: Path, **options: Any) -> str:
    """Begin a scan and return the path of its job below the base of `client`."""
    answer = client.post("/scans", json={"path": str(folder), **options})
    answer.raise_for_status()
    return f"/jobs/{answer.json()['id']}"


def wait_for(client: httpx.Client, job: str, *, every_seconds: float = 0.02) -> dict[str, Any]:
    """Return the job after it has ended."""
    while True:
        state: dict[str, Any] = client.get(job).json()
        if state["status"] in FINAL:
            return state
        time.sleep(every_seconds)
