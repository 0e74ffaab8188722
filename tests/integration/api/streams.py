"""Reading a stream of server-sent events."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

FINAL = {"succeeded", "failed", "cancelled", "timed_out"}
DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Event:
    """One event; a comment has the name `comment`."""

    name: str
    data: Any


@contextmanager
def event_stream(client: httpx.Client) -> Iterator[Iterator[Event]]:
    """Open a stream of events, and yield its events after the first comment."""
    with client.stream("GET", "/api/v1/events") as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        events = _parse(response.iter_lines())
        assert next(events).name == "comment"
        yield events


def wait_for_end(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """Return the job after it has ended."""
    started = time.monotonic()
    with event_stream(client) as events:
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}").json()
        while job["status"] not in FINAL:
            assert time.monotonic() - started < DEADLINE_SECONDS, job
            event = next(events)
            if event.name == "job" and event.data["id"] == job_id:
                job = event.data
    return job


def scan(client: httpx.Client, path: str, **options: object) -> dict[str, Any]:
    """Scan `path`; return the job after it has ended."""
    answer = client.post("/api/v1/scans", json={"path": path, **options})
    assert answer.status_code == 202, answer.text
    return wait_for_end(client, answer.json()["id"])


def _parse(lines: Iterator[str]) -> Iterator[Event]:
    name, data = "message", None
    for line in lines:
        field, _, value = line.partition(": ")
        if not line:
            if data is not None:
                yield Event(name, json.loads(data))
            name, data = "message", None
        elif not field:
            yield Event("comment", value)
        elif field == "event":
            name = value
        elif field == "data":
            data = value
