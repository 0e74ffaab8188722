"""Prometheus metrics, in their own registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.jobs.job import JobStatus
    from stoat_ferret.loop_watch import LoopAnswer

METRICS_MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_PROBE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of a running server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._latency = Histogram(
            "stoat_request_seconds",
            "Time from a request to the start of its answer.",
            ("method", "route", "status"),
            buckets=_LATENCY_SECONDS,
            registry=self._registry,
        )
        self._lag = Histogram(
            "stoat_event_loop_lag_seconds",
            "How long the event loop took to run a call from another thread.",
            buckets=_LATENCY_SECONDS,
            registry=self._registry,
        )
        self._holds = Counter(
            "stoat_event_loop_holds",
            "Times that code held the event loop past STOAT_LOOP_WARNING_SECONDS.",
            registry=self._registry,
        )
        self._longest_hold = Gauge(
            "stoat_event_loop_longest_hold_seconds",
            "Longest time since the start that code held the event loop.",
            registry=self._registry,
        )
        self._longest_hold_seconds = 0.0
        self._probes = Histogram(
            "stoat_probe_seconds",
            "Time that a scan waited for one file to be read.",
            ("outcome",),
            buckets=_PROBE_SECONDS,
            registry=self._registry,
        )
        self._jobs = Gauge("stoat_jobs", "Jobs on record.", ("status",), registry=self._registry)
        self._files = Gauge(
            "stoat_scan_files_per_second",
            "Files read a second, over all running scans.",
            registry=self._registry,
        )

        self._streams = Gauge(
            "stoat_event_streams", "Open streams of events.", registry=self._registry
        )

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is its path template, which keeps the number of labels low."""
        self._latency.labels(method, route, str(status)).observe(seconds)

    def observe_probe(self, seconds: float, outcome: str) -> None:
        """Count a probed file; `outcome` is `ok` or the kind of failure."""
        self._probes.labels(outcome).observe(seconds)

    def observe_loop(self, answer: LoopAnswer) -> None:
        """Count a response of the event loop; may be called from any single thread."""
        self._lag.observe(answer.lag_seconds)
        if answer.is_hold:
            self._holds.inc()
        if answer.held_seconds > self._longest_hold_seconds:
            self._longest_hold_seconds = answer.held_seconds
            self._longest_hold.set(answer.held_seconds)

    def render(
        self, *, jobs: Mapping[JobStatus, int], files_per_second: float, event_streams: int
    ) -> bytes:
        """Return all metrics, with these current values, in the text format 0.0.4."""
        for status, count in jobs.items():
            self._jobs.labels(status.value).set(count)
        self._files.set(files_per_second)
        self._streams.set(event_streams)
        return generate_latest(self._registry)
