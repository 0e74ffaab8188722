"""The services of the library alone: records, stored jobs and pictures, without running tasks."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import JobActiveError
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import ACTIVE_STATUSES
from stoat_ferret.jobs.queue import JobFilter
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.opening import library_file, open_library, open_library_to_read
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.pictures.store import PictureStore
from stoat_ferret.server_settings import ServerSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.jobs.job import Job, JobStatus
    from stoat_ferret.jobs.queue import JobPage, JobQueue
    from stoat_ferret.library.backup import LibrarySummary
    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.video import Root
    from stoat_ferret.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True)
class LibraryServices:
    """The services that read or change records; `roots` are the roots in use.

    `settings` are those at the start, `server_settings` those of this moment.
    """

    settings: Settings
    server_settings: ServerSettings
    database: Database
    videos: VideoRepository
    queue: JobQueue
    roots: Sequence[Root]
    pictures: PictureStore

    @property
    def all_roots(self) -> Sequence[Root]:
        """The roots whose files may be read."""
        return self.roots

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The hours in which the jobs of a server wait."""
        from stoat_ferret.quiet_hours import QuietHours  # loaded here: most calls need none

        hours = self.server_settings.current.quiet_hours
        return QuietHours(hours) if hours else None

    async def jobs_of_video(
        self,
        video_id: str,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """Return a page of the jobs that name a video or scanned a folder above it, newest first.

        Raises `VideoNotFoundError`, `InvalidCursorError`.
        """
        # Loaded here: most calls need nothing of scans, pictures and renders.
        from stoat_ferret.job_kinds import JOB_KINDS

        video = await self.videos.get(video_id)
        kinds = JOB_KINDS.values()
        keys = set[str]().union(*(one.keys_over(video.root.name, video.path) for one in kinds))
        matching = JobFilter(video=video.id, since=video.added_at, keys=frozenset(keys))
        return await self.queue.list(
            kind=kind, status=status, matching=matching, limit=limit, cursor=cursor
        )

    async def retry(self, job_id: str) -> Job:
        """Queue a job with the params of one that has ended, or return the active one like it.

        It keeps what its kind keeps of the earlier result. Raises `JobNotFoundError`,
        `JobActiveError`, `UnknownJobKindError`.
        """
        from stoat_ferret.job_kinds import JOB_KINDS

        old = await self.queue.get(job_id)
        if not old.status.is_final:
            raise JobActiveError(old.id, old.status)
        kind = JOB_KINDS.get(old.kind)
        return await self.queue.submit(
            old.kind,
            old.params,
            key=old.key,
            priority=old.priority,
            timeout_seconds=old.timeout_seconds,
            earlier_result=kind.kept_by_retry(old.result) if kind and old.result else None,
        )

    async def restore(self, name: str) -> tuple[LibrarySummary, Path]:
        """Replace the library by the one staged under `name` in the data folder.

        Returns its summary, and the path at which the previous one is kept. Raises `BackupError`.
        """
        from stoat_ferret.library.backup import inspect_library, run_in_thread
        from stoat_ferret.library.restore import put_in_place

        staged = self.settings.data_dir / name
        summary = await run_in_thread(lambda stop: inspect_library(staged, stop, is_foreign=True))
        kept = await put_in_place(
            self.database,
            library_file(self.settings),
            staged,
            roots=self.all_roots,
            active=ACTIVE_STATUSES,
        )
        return summary, kept


@asynccontextmanager
async def open_library_services(
    settings: Settings, *, owner: str | None = None
) -> AsyncIterator[LibraryServices]:
    """Open the library for one command, without running jobs, roots or clean-up.

    `owner` is the command that needs the database for itself; without it, another process may use
    it too. Raises `DatabaseInUseError`.
    """
    server_settings = await ServerSettings.open(settings)
    opening = open_library(settings, owner) if owner else open_library_to_read(settings)
    async with opening as (database, videos):
        pictures = PictureFiles(str(settings.pictures_folder))
        yield LibraryServices(
            settings=server_settings.current,
            server_settings=server_settings,
            database=database,
            videos=videos,
            queue=AsyncioJobQueue({}, JobStore(database), recover=False),
            roots=(),
            pictures=PictureStore(
                pictures,
                PictureVersions(database),
                owns_folder=server_settings.current.pictures_dir is None,
            ),
        )
