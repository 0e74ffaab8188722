"""Prometheus metrics."""

from __future__ import annotations

from stoat_ferret.api.metrics import Metrics
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.loop_watch import LoopAnswer


def rendered(metrics: Metrics) -> str:
    return metrics.render(jobs={}, files_per_second=0.0, event_streams=0).decode()


async def test_a_held_event_loop_is_seen() -> None:
    metrics = Metrics()
    metrics.observe_loop(LoopAnswer(lag_seconds=0.4, held_seconds=0.3, is_hold=True))
    metrics.observe_loop(LoopAnswer(lag_seconds=0.7, held_seconds=0.1, is_hold=False))
    text = rendered(metrics)
    assert 'stoat_event_loop_lag_seconds_bucket{le="0.25"} 0.0' in text
    assert 'stoat_event_loop_lag_seconds_bucket{le="0.5"} 1.0' in text
    assert "stoat_event_loop_holds_total 1.0" in text
    assert "stoat_event_loop_longest_hold_seconds 0.3" in text


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
