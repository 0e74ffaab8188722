"""The library straight from its database, where no server runs."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stoat_ferret.cli.client import Page, with_tags
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.database_lock import own_database
from stoat_ferret.errors import (
    DataFolderInUseError,
    EditError,
    JobFinishedError,
    listed_faults,
)
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.sql_store import SqlJobStore
from stoat_ferret.library.annotations import Annotations
from stoat_ferret.library.forgetting import Forgetting
from stoat_ferret.library.opening import open_library_to_read
from stoat_ferret.library.tags import TagRepository

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings
    from stoat_ferret.database import Database
    from stoat_ferret.jobs.store import JobStore
    from stoat_ferret.library.repository import VideoRepository


class DirectClient:
    """Reads what the server would read, and answers in its words."""

    def __init__(
        self,
        data_folder: DataFolder,
        database: Database,
        videos: VideoRepository,
        jobs: JobStore,
        forgetting: Forgetting,
        annotations: Annotations,
        tags: TagRepository,
    ) -> None:
        self._data_folder = data_folder
        self._database = database
        self._videos = videos
        self._jobs = jobs
        self._forgetting = forgetting
        self._annotations = annotations
        self._tags = tags

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[DirectClient]:
        """Over the database of `settings`, brought up to date."""
        data_folder = DataFolder(settings.data_dir)
        async with AsyncExitStack() as stack:
            async with AsyncExitStack() as ownership:
                # Owned while the schema may change; where a scan owns it, the schema is done.
                with suppress(DataFolderInUseError):
                    await ownership.enter_async_context(data_folder.own("a command that reads"))
                database, videos = await stack.enter_async_context(open_library_to_read(settings))
            yield cls(
                data_folder,
                database,
                videos,
                SqlJobStore(database),
                Forgetting(database),
                Annotations(database),
                TagRepository(database),
            )

    async def list_videos(self, filters: Mapping[str, Any]) -> Page:
        """A page of videos."""
        from stoat_ferret.api.schemas.video import VideoResponse
        from stoat_ferret.api.schemas.video_filters import VideoListQuery

        page = await self._videos.find(VideoListQuery.model_validate(_given(filters)).query())
        rows = [VideoResponse.from_video(video).model_dump(mode="json") for video in page.items]
        return Page(rows, page.next_cursor, page.total)

    async def list_tags(self, filters: Mapping[str, Any]) -> Page:
        """A page of tags."""
        from stoat_ferret.api.schemas.tag import TagListQuery, TagResponse

        query = TagListQuery.model_validate(_given(filters))
        page = await self._tags.find(query.q, after=query.cursor, limit=query.limit)
        rows = [TagResponse.from_tag(tag).model_dump(mode="json") for tag in page.items]
        return Page(rows, page.next_after, page.total)

    async def edit_video(self, video_id: str, changes: Mapping[str, Any]) -> Row:
        """Change what people say about a video as it is now."""
        from pydantic import ValidationError

        from stoat_ferret.api.schemas.edit import VideoPatch
        from stoat_ferret.api.schemas.video import VideoDetailResponse

        seen = await self._videos.get(video_id)
        try:
            patch = VideoPatch.model_validate(with_tags(changes, seen.tags))
        except ValidationError as error:
            fault = listed_faults(error.errors(include_url=False), "the change", most=1)
            raise EditError(f"The change is malformed: {fault}.") from error
        await self._annotations.edit(video_id, patch.edit(), revisions={seen.revision})
        video = await self._videos.get(video_id)
        detail = VideoDetailResponse.from_video_and(video, await self._videos.duplicates(video))
        return detail.model_dump(mode="json")

    async def list_jobs(self, filters: Mapping[str, Any]) -> Page:
        """A page of jobs."""
        from stoat_ferret.api.schemas.job import JobStatusResponse

        page = await self._jobs.list(**_given(filters))
        rows = [JobStatusResponse.from_job(job).model_dump(mode="json") for job in page.items]
        return Page(rows, page.next_cursor, page.total)

    async def forget(self, wish: Mapping[str, Any]) -> Row:
        """Forget records, or count them."""
        from stoat_ferret.api.schemas.forget import ForgetBody, carry_out

        body = ForgetBody.model_validate(wish)
        async with AsyncExitStack() as ownership:
            if not body.dry_run:
                await ownership.enter_async_context(self._own("stoat-ferret forget"))
            answer = await carry_out(body, self._forgetting)
        return answer.model_dump(mode="json")

    async def cancel_job(self, job_id: str) -> Row:
        """Mark the stored job cancelled: nothing runs it, and no server will."""
        from stoat_ferret.api.schemas.job import JobStatusResponse

        async with self._own("stoat-ferret cancel"):
            while True:
                job = await self._jobs.get(job_id)
                if job.status.is_final:
                    raise JobFinishedError(job_id, job.status)
                cancelled = replace(
                    job,
                    status=JobStatus.CANCELLED,
                    cancel_requested=True,
                    finished_at=datetime.now(UTC),
                )
                if await self._jobs.move(job, cancelled):
                    return JobStatusResponse.from_job(cancelled).model_dump(mode="json")

    @asynccontextmanager
    async def _own(self, purpose: str) -> AsyncIterator[None]:
        """Be the only one that works on the data folder and the database."""
        async with (
            self._data_folder.own(purpose),
            own_database(self._database, purpose, self._data_folder.path),
        ):
            yield


def _given(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}
