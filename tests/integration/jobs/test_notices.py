"""Notices of jobs that have ended, sent by apprise to a service on this machine."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

import pytest
import structlog

from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.job_notices import JobNotices, Notice, apprise_senders, notice_of
from stoat_ferret.jobs.job import Job, JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.jobs.queue import JobQueue

# Of apprise itself, in the thread that sends.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SECRET = "only-the-test-knows"  # noqa: S105  it is one


class Service:
    """A service that apprise knows as `json://`; it refuses as many requests as `refusals` says."""

    def __init__(self) -> None:
        self.messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.refusals = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                is_refused, service.refusals = service.refusals > 0, max(0, service.refusals - 1)
                self.send_response(503 if is_refused else 200)
                self.send_header("content-length", "0")
                self.end_headers()
                if not is_refused:
                    service.messages.put(json.loads(body))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://user:{SECRET}@127.0.0.1:{self._server.server_port}/path"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    async def message(self) -> dict[str, Any]:
        return await asyncio.to_thread(self.messages.get, timeout=60)


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


async def _ended(services: Services, job: Job) -> None:
    with services.queue.subscribe() as snapshots:
        if (await services.queue.get(job.id)).status.is_final:
            return
        async for snapshot in snapshots:
            if snapshot.id == job.id and snapshot.status.is_final:
                return


async def test_a_service_is_told_of_jobs_that_end(tmp_path: Path, service: Service) -> None:
    root = tmp_path / "films"
    root.mkdir()
    (root / "broken.mp4").write_bytes(b"this is no video")
    settings = load_settings(
        roots=(root,), data_dir=tmp_path, notify=f" {service.url} ", notify_on="ended"
    )
    assert SECRET not in repr(settings)
    async with open_services(settings) as services:
        job = await services.submit_scan(str(root))
        await _ended(services, job)
        message = await service.message()
    assert message["title"] == "Scan done"
    assert message["message"] == f"1 found, 1 unreadable\nJob {job.id}"


async def test_a_service_that_fails_is_told_again_and_the_others_only_once(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    other = Service()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    job = ended(JobStatus.FAILED, error="The disk is full.")
    urls = f"{service.url} {other.url} nonsense://{SECRET}"
    service.refusals = 1
    try:
        queue = cast("JobQueue", OneJob(job))  # all that is used of one
        notices = JobNotices(queue, "failed", apprise_senders(urls), pause)
        with structlog.testing.capture_logs() as logs:
            sending = asyncio.create_task(notices.run())
            while not any(one["event"] == "notice_not_sent" for one in logs):  # noqa: ASYNC110  a log
                await asyncio.sleep(0.01)
            sending.cancel()
            await asyncio.wait([sending])
    finally:
        other.close()
    for one in (service, other):
        assert one.messages.get_nowait()["title"] == "Render failed"
        assert one.messages.empty()
    assert pauses == [5.0, 60.0]
    assert {one["number"] for one in logs if "number" in one} == {3}
    assert SECRET not in f"{logs} {caplog.text}"


class OneJob:
    """A queue as far as it tells of one job, and of nothing after it."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def subscribe(self) -> OneJob:
        return self

    def __enter__(self) -> Any:
        async def jobs() -> Any:
            yield self._job
            await asyncio.Event().wait()

        return jobs()

    def __exit__(self, *_: object) -> None:
        pass


def ended(status: JobStatus, kind: str = "render", **facts: Any) -> Job:
    return Job(id="7", kind=kind, status=status, params={}, created_at=datetime.now(UTC), **facts)


def test_without_apprise_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"stoat-ferret\[notify\]"):
        apprise_senders("ntfy://topic")


def test_only_what_was_asked_for_is_told() -> None:
    failed = ended(JobStatus.FAILED, "scan", error="It is gone.", result={"found": 2, "added": 0})
    assert notice_of(failed, "failed") == Notice("Scan failed", "It is gone.\n2 found\nJob 7")
    assert notice_of(ended(JobStatus.TIMED_OUT), "failed")
    for job in (
        ended(JobStatus.SUCCEEDED),
        ended(JobStatus.CANCELLED),
        ended(JobStatus.RUNNING),
        ended(JobStatus.FAILED, "edit-videos"),
    ):
        assert notice_of(job, "failed") is None
    assert notice_of(ended(JobStatus.SUCCEEDED), "ended")
    assert notice_of(ended(JobStatus.SUCCEEDED, "edit-videos"), "ended") is None
