"""The real command in a process of its own."""

from __future__ import annotations

import json
import os
import queue
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import httpx
import psutil
from tests.e2e.prepared import Preparer

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.e2e.prepared import PreparedProcess

DEADLINE_SECONDS = 60.0
"""The time limit for each step of a test, even if both cores are busy."""


class Running:
    """A running command; its output is read as it comes."""

    def __init__(self, process: subprocess.Popen[bytes] | PreparedProcess) -> None:
        self.process = process
        self._lines: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._news: queue.Queue[None] = queue.Queue()
        self._threads = [
            threading.Thread(target=self._read, args=(name,), daemon=True) for name in self._lines
        ]
        for thread in self._threads:
            thread.start()

    @property
    def stdout(self) -> str:
        """The output on standard output so far."""
        return "".join(self._lines["stdout"])

    @property
    def stderr(self) -> str:
        """The output on standard error so far."""
        return "".join(self._lines["stderr"])

    def wait_for(self, condition: Callable[[Running], Any]) -> None:
        """Wait until `condition` holds."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition(self):
            left = deadline - time.monotonic()
            assert left > 0, f"not printed in time: {self.stdout!r} {self.stderr!r}"
            with suppress(queue.Empty):  # an end may come a little after the end of the output
                self._news.get(timeout=min(left, 0.2))
            ended = self.process.poll() is not None and not any(t.is_alive() for t in self._threads)
            assert not ended or condition(self), f"ended early: {self.stdout!r} {self.stderr!r}"

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def wait(self, timeout_seconds: float = DEADLINE_SECONDS) -> int:
        """Wait until it has ended and all of its output was read; return its exit code."""
        code = self.process.wait(timeout_seconds)
        for thread in self._threads:
            thread.join(timeout_seconds)
        return code

    def kill(self) -> None:
        """Kill it as a power cut would, and the processes that may outlive it."""
        left = self.children()
        self.process.kill()
        self.wait()
        for child in left:
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def children(self) -> list[psutil.Process]:
        """Return the running processes that it started."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _read(self, name: str) -> None:
        stream = self.process.stdout if name == "stdout" else self.process.stderr
        assert stream is not None
        for line in stream:
            self._lines[name].append(line.decode())
            self._news.put(None)
        self._news.put(None)


@dataclass(frozen=True)
class Stoat:
    """The command with settings of its own: a data folder, one root, and `variables`.

    It is a fork of a process that has imported the program if it `is_prepared`.
    """

    home: Path
    root: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    is_prepared: bool = True

    @classmethod
    def build(cls, folder: Path) -> Self:
        """Build one below `folder`, with a new data folder and an empty root."""
        home, root = folder / "home", folder / "videos"
        home.mkdir()
        root.mkdir()
        # Use the modules that pip compiled, and do not show what the command does not flush.
        return cls(home, root, {"PYTHONDONTWRITEBYTECODE": "", "PYTHONUNBUFFERED": ""})

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.home / "data"

    def having(self, **variables: str) -> Self:
        """Return the same with more variables."""
        return replace(self, variables={**self.variables, **variables})

    def unprepared(self) -> Self:
        """Return the same that Python starts anew, for where the start itself matters."""
        return replace(self, is_prepared=False)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this process without its settings, and with those of the test."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STOAT_")}
        return {
            **kept,
            "HOME": str(self.home),
            "STOAT_DATA_DIR": str(self.data_dir),
            "STOAT_ROOTS": str(self.root),
            "STOAT_PORT": "0",
            "STOAT_WATCH": "off",
            "STOAT_STORYBOARDS_AFTER_SCAN": "false",
            # To start another takes longer than to read the few files of a test.
            "STOAT_MEDIA_PROCESSES": "1",
            **self.variables,
        }

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(*arguments) as running:
            code = running.wait()
            return subprocess.CompletedProcess(arguments, code, running.stdout, running.stderr)

    def json(self, *arguments: str | Path) -> Any:
        """Run a command that succeeds; return the JSON document that it prints."""
        result = self.run(*arguments, "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    @contextmanager
    def start(
        self, *arguments: str | Path, limits: Mapping[int, int] | None = None
    ) -> Iterator[Running]:
        """Start a command within resource `limits`; end it and its children with the block."""

        process = self._start([str(argument) for argument in arguments], limits or {})
        running = Running(process)
        try:
            yield running
        finally:
            running.kill()
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                stream.close()

    def _start(
        self, arguments: list[str], limits: Mapping[int, int]
    ) -> subprocess.Popen[bytes] | PreparedProcess:
        if self.is_prepared and not limits:
            return Preparer.shared().start(arguments, self.environment)

        def limit() -> None:
            for name, most in limits.items():
                resource.setrlimit(name, (most, most))

        return subprocess.Popen(
            self._command(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=limit,  # noqa: PLW1509  it takes no lock
        )

    @contextmanager
    def serve(
        self, *arguments: str | Path, limits: Mapping[int, int] | None = None
    ) -> Iterator[Serving]:
        """Start the server and wait until it serves."""
        with self.start("serve", *arguments, "--json", limits=limits) as running:
            running.wait_for(lambda server: server.stdout)
            yield Serving(running, json.loads(running.stdout), self.variables.get("STOAT_TOKEN"))

    def statuses(self) -> dict[str, int]:
        """Count the videos by their status, in the file of the library."""
        status = "CASE WHEN missing_since IS NULL THEN status ELSE 'missing' END"
        return dict(self.rows(f"SELECT {status}, count(*) FROM videos GROUP BY 1"))  # noqa: S608  our own words

    def rows(self, query: str) -> list[Any]:
        """Read rows from the library's file, which is cheaper than a command."""
        with closing(sqlite3.connect(self.data_dir / "library.db")) as connection:
            return connection.execute(query).fetchall()

    def _command(self, *arguments: str | Path) -> list[str | Path]:
        return [sys.executable, "-m", "stoat_ferret", *arguments]


@dataclass(frozen=True)
class Serving:
    """A running server, and what it printed when it started."""

    running: Running
    greeting: dict[str, Any]
    token: str | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        url: str = self.greeting["url"]
        return url

    def client(self) -> httpx.Client:
        """Open an HTTP client for it."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers=headers,
            trust_env=False,
            timeout=DEADLINE_SECONDS,
            verify=False,  # noqa: S501  without TLS; to load the authorities takes longer than the call
            limits=httpx.Limits(keepalive_expiry=2.0),  # less than the server's
        )

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send a request; return the JSON of the answer."""
        with self.client() as client:
            response = client.request(method, path, **request)
            response.raise_for_status()
            return response.json()

    def scan(self, folder: Path) -> Any:
        """Scan `folder` without a command; return the result of the job."""
        job = self.call("POST", "/scans", json={"path": str(folder)})
        return self.wait_for_job(job["id"], is_final)["result"]

    def wait_for_job(self, job_id: str, condition: Callable[[dict[str, Any]], Any]) -> Any:
        """Follow the live events until `condition` holds for the job; return it."""
        with self.client() as client, client.stream("GET", "/events", timeout=60) as stream:
            job = self.call("GET", f"/jobs/{job_id}")
            if condition(job):
                return job
            deadline = time.monotonic() + DEADLINE_SECONDS
            for line in stream.iter_lines():
                assert time.monotonic() < deadline, "the job did not get there in time"
                if not line.startswith("data:"):
                    continue
                job = json.loads(line.removeprefix("data:"))
                if job.get("id") == job_id and condition(job):
                    return job
        raise AssertionError(f"the events ended: {job}")


def is_final(job: dict[str, Any]) -> bool:
    """Return whether the job has ended."""
    return job["status"] not in ("queued", "running", "paused")
