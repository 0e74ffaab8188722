"""Figures for Prometheus."""

from __future__ import annotations

import asyncio

from stoat_ferret.api.metrics import Metrics
from stoat_ferret.jobs.job import JobStatus


def rendered(metrics: Metrics) -> str:
    return metrics.render(jobs={}, files_per_second=0.0, event_streams=0).decode()


async def test_a_blocked_event_loop_is_seen() -> None:
    times = iter([10.0, 10.7])
    measured = asyncio.Event()

    def clock() -> float:
        now = next(times, None)
        if now is None:
            measured.set()
            return 0.0
        return now

    metrics = Metrics()
    sampler = asyncio.create_task(metrics.sample_event_loop(clock, every_seconds=0.2))
    await asyncio.wait_for(measured.wait(), 30)
    sampler.cancel()
    await asyncio.wait({sampler})
    text = rendered(metrics)
    assert 'stoat_event_loop_lag_seconds_bucket{le="0.25"} 0.0' in text
    assert 'stoat_event_loop_lag_seconds_bucket{le="0.5"} 1.0' in text


async def test_jobs_files_and_probes_are_shown() -> None:
    metrics = Metrics()
    metrics.observe_probe(0.02, "ok")
    jobs = {JobStatus.RUNNING: 2, JobStatus.QUEUED: 0}
    text = metrics.render(jobs=jobs, files_per_second=55.5, event_streams=3).decode()
    assert "stoat_event_streams 3.0" in text
    assert 'stoat_jobs{status="running"} 2.0' in text
    assert 'stoat_jobs{status="queued"} 0.0' in text
    assert "stoat_scan_files_per_second 55.5" in text
    assert 'stoat_probe_seconds_bucket{le="0.025",outcome="ok"} 1.0' in text
    assert "process_resident_memory_bytes" in text


async def test_two_servers_in_one_process_do_not_share_figures() -> None:
    one, other = Metrics(), Metrics()
    one.observe_request("GET", "/x", 200, 0.1)
    assert 'route="/x"' not in rendered(other)
