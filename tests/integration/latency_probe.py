"""Asks a server for answers while it scans, and prints the time that each took, as JSON.

python latency_probe.py URL IDLE_FOLDER FOLDER SECONDS

First the server scans IDLE_FOLDER and idles; then it scans FOLDER, and once it has read files for
SECONDS the scan is cancelled. This is a process of its own, so that nothing but the server delays
an answer.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

FROZEN_SECONDS = 2.0
"""An answer that takes this long is enough to know: nothing more is asked."""
IDLE_ROUNDS = 40
_PATIENCE_SECONDS = 20.0
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading the certificates of all authorities is slow, and this is plain HTTP."""
_BETWEEN_ROUNDS_SECONDS = 0.01
_FINAL = {"succeeded", "failed", "cancelled", "timed_out"}
_LONGEST_HOLD = re.compile(r"^stoat_event_loop_longest_hold_seconds (\S+)$", re.MULTILINE)
_ANSWERS = re.compile(r"^stoat_event_loop_lag_seconds_count (\S+)$", re.MULTILINE)


class Events(threading.Thread):
    """Listens to the live events; `news` is set with each."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._news = threading.Condition()
        self._jobs: dict[str, str] = {}

    def run(self) -> None:
        timeout = httpx.Timeout(_PATIENCE_SECONDS, read=None)
        with (
            suppress(httpx.TransportError),  # the server has been stopped
            httpx.stream(
                "GET", f"{self._url}/api/v1/events", timeout=timeout, verify=_NO_CERTIFICATES
            ) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    self._take(json.loads(line.removeprefix("data:")))

    def _take(self, event: dict[str, Any]) -> None:
        with self._news:
            if "status" in event:
                self._jobs[event["id"]] = event["status"]
            self._news.notify_all()

    def wait_for(self, job: str, statuses: set[str]) -> float:
        """Return the seconds until an event shows the job with one of the statuses."""
        start = time.perf_counter()
        with self._news:
            self._news.wait_for(lambda: self._jobs.get(job) in statuses, _PATIENCE_SECONDS)
        return time.perf_counter() - start


@dataclass
class LatencyProbe:
    """Sends one request after another, and records the seconds of each answer."""

    client: httpx.Client
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def has_seen_enough(self) -> bool:
        """Return whether the server was frozen."""
        return max(max(times) for times in self.seconds.values()) >= FROZEN_SECONDS

    def ask(self, what: str, method: str, path: str, **request: Any) -> Any:
        """Return the JSON of the answer; None if there is none."""
        start = time.perf_counter()
        try:
            answer = self.client.request(method, path, **request)
            return answer.json()
        except (httpx.TransportError, ValueError):
            return None
        finally:
            self.seconds.setdefault(what, []).append(time.perf_counter() - start)

    def send_round(self, job: str) -> Any:
        """Send one round of the requests of a page; return the job."""
        state = self.ask("job", "GET", f"/api/v1/jobs/{job}")
        self.ask("videos", "GET", "/api/v1/videos", params={"limit": 50})
        self.ask("health", "GET", "/health/live")
        self.ask("health", "GET", "/health/ready")
        time.sleep(_BETWEEN_ROUNDS_SECONDS)
        return state

    def start_scan(self, folder: str) -> str:
        """Start a scan; return the id of its job."""
        job: str = self.ask("start", "POST", "/api/v1/scans", json={"path": folder})["id"]
        return job

    def loop_figures(self) -> tuple[float, float]:
        """Return the longest hold that the server itself has seen, and how often it looked."""
        text = self.client.get("/metrics").text
        found = _LONGEST_HOLD.search(text), _ANSWERS.search(text)
        return tuple(float(match[1]) if match else 0.0 for match in found)  # type: ignore[return-value]  # two


def watch(url: str, idle_folder: str, folder: str, probing_seconds: float) -> dict[str, Any]:
    """Return all measurements."""
    with httpx.Client(
        base_url=url, timeout=_PATIENCE_SECONDS, trust_env=False, verify=_NO_CERTIFICATES
    ) as client:
        events = Events(url)
        events.start()
        idle = LatencyProbe(client)
        job = idle.start_scan(idle_folder)
        events.wait_for(job, _FINAL)
        idle.seconds.clear()
        for _ in range(IDLE_ROUNDS):
            idle.send_round(job)
        idle_hold, looks_before = idle.loop_figures()
        scanning = LatencyProbe(client)
        state = _watch_scan(scanning, events, folder, probing_seconds)
        hold, looks = scanning.loop_figures()
        return {
            "idle": idle.seconds,
            "scanning": scanning.seconds,
            "idle_hold_seconds": idle_hold,
            "hold_seconds": hold,
            "looks": looks - looks_before,
            "job": state,
        }


def _watch_scan(
    scanning: LatencyProbe, events: Events, folder: str, probing_seconds: float
) -> dict[str, Any]:
    """Send requests until the scan ends or is cancelled; return its last active state."""
    job = scanning.start_scan(folder)
    scanning.seconds["events"] = [events.wait_for(job, {"queued", "running", *_FINAL})]
    active: dict[str, Any] = {}
    end = time.perf_counter() + _PATIENCE_SECONDS
    while time.perf_counter() < end and not scanning.has_seen_enough:
        state: dict[str, Any] | None = scanning.send_round(job)
        if state is None:
            continue
        if state["status"] in _FINAL:
            return state
        if not _is_probing(active) and _is_probing(state):
            end = time.perf_counter() + probing_seconds
        active = state
    scanning.ask("cancel", "POST", f"/api/v1/jobs/{job}/cancel")
    if not scanning.has_seen_enough:
        scanning.seconds["events"].append(events.wait_for(job, _FINAL))
    return active


def _is_probing(job: dict[str, Any]) -> bool:
    return bool(job) and (job["progress_detail"] or {}).get("phase") == "probing"


if __name__ == "__main__":
    _, address, idle, scanned, seconds = sys.argv
    sys.stdout.write(json.dumps(watch(address, idle, scanned, float(seconds))))
