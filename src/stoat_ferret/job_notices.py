"""Notices of jobs that have ended, through apprise: to ntfy, mail, and many other services."""

from __future__ import annotations

import asyncio
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.job_kinds import JOB_KINDS
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue

NoticeChoice = Literal["failed", "ended"]

_SEND_SECONDS = 60.0
_PAUSES = (5.0, 60.0)
"""The seconds before each further try."""
_MOST_WAITING = 1000
_WORDS = {
    JobStatus.SUCCEEDED: "done",
    JobStatus.FAILED: "failed",
    JobStatus.TIMED_OUT: "timed out",
    JobStatus.CANCELLED: "cancelled",
}

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: a title, and some lines."""

    title: str
    body: str


def notice_of(job: Job, choice: NoticeChoice) -> Notice | None:
    """Return the notice of a job that has ended; None for one that nobody wants to hear of.

    `failed` is for jobs that failed or timed out, `ended` for all but edits.
    """
    kind = JOB_KINDS.get(job.kind)
    if kind is None or kind.runs_in_quiet_hours or not job.status.is_final:
        return None
    if choice == "failed" and job.status not in {JobStatus.FAILED, JobStatus.TIMED_OUT}:
        return None
    result = job.result or {}
    counts = [
        f"{result[name]:,} {words}" for name, words in kind.counts.items() if result.get(name)
    ]
    lines = [job.error, ", ".join(counts), f"Job {job.id}"]
    body = "\n".join(for_display(line) for line in lines if line)
    return Notice(f"{kind.label} {_WORDS[job.status]}", body)


class AppriseSender:
    """Sends notices to the service that a URL names in apprise's form; the URL holds secrets."""

    def __init__(self, url: str, number: int) -> None:
        """Check that apprise is installed; `number` names the service in the log.

        Raises `ConfigurationError`.
        """
        if importlib.util.find_spec("apprise") is None:
            raise ConfigurationError(
                "Notices (STOAT_NOTIFY) are sent by apprise, which comes with an extra: "
                "pip install 'stoat-ferret[notify]'"
            )
        self._url = url
        self.number = number

    async def __call__(self, notice: Notice) -> bool:
        """Send a notice; return whether the service took it. Raises `TimeoutError`."""
        return await run_on_disk_thread(self._send, notice, timeout_seconds=_SEND_SECONDS)

    def _send(self, notice: Notice) -> bool:
        import apprise  # takes a second, so the thread imports it

        service = apprise.Apprise()
        if not service.add(self._url):
            logger.warning("notify_url_not_understood", number=self.number)
            return False
        return bool(service.notify(title=notice.title, body=notice.body))


def apprise_senders(urls: str) -> list[AppriseSender]:
    """Return a sender for each of the URLs, which spaces separate. Raises `ConfigurationError`."""
    return [AppriseSender(url, number) for number, url in enumerate(urls.split(), 1)]


@dataclass(slots=True)
class JobNotices:
    """Sends a notice of each job that ends, one after the other, and tries again what failed."""

    queue: JobQueue
    choice: NoticeChoice
    senders: Sequence[Callable[[Notice], Awaitable[bool]]]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def run(self) -> None:
        """Send notices, without end."""
        waiting: asyncio.Queue[Notice] = asyncio.Queue(_MOST_WAITING)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_all(waiting))
            with self.queue.subscribe() as jobs:
                async for job in jobs:
                    notice = notice_of(job, self.choice)
                    if notice is None:
                        continue
                    if waiting.full():
                        logger.warning("notice_dropped", job_id=job.id)
                    else:
                        waiting.put_nowait(notice)

    async def _send_all(self, waiting: asyncio.Queue[Notice]) -> None:
        while True:
            notice = await waiting.get()
            left = list(self.senders)
            for pause in (*_PAUSES, None):
                left = [sender for sender in left if not await _is_sent(sender, notice)]
                if not left:
                    break
                if pause is None:
                    logger.warning("notice_not_sent", title=notice.title, services=len(left))
                else:
                    await self.sleep(pause)


async def _is_sent(sender: Callable[[Notice], Awaitable[bool]], notice: Notice) -> bool:
    try:
        return await sender(notice)
    except Exception as error:  # noqa: BLE001  a service or its plugin must not end the others
        # Not its text, which may name the address with its secrets.
        logger.warning("notice_failed", error=type(error).__name__)
        return False
