"""The job that makes storyboards: request, handler, result, and its start after scans."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import (
    DatabaseError,
    FileUnreadableError,
    FileVanishedError,
    PathOutsideRootsError,
    QueueClosedError,
)
from stoat_ferret.jobs.job import IDLE_PRIORITY, Job, JobKind, LibraryChange, Progress
from stoat_ferret.library.picture_versions import with_ids, without_storyboard
from stoat_ferret.library.scope import Scope, folders_above
from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.media_file import RootedPath
from stoat_ferret.media.picture_files import STORYBOARD_VERSION
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    import sqlalchemy as sa

    from stoat_ferret.jobs.queue import Handler, JobContext
    from stoat_ferret.library.picture_versions import Amount, Picturable, PictureVersions
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.storyboard_maker import Storyboard, StoryboardMaker

STORYBOARD_PRIORITY = -10


@dataclass(frozen=True, slots=True)
class StoryboardRequest:
    """A request for the storyboards of some videos, or the missing ones of a folder, or of all.

    One that is for `when_idle` waits while anything else is running.
    """

    video_ids: tuple[str, ...] | None = None
    root: str | None = None
    folder: str = ""
    when_idle: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON."""
        if self.video_ids is not None:
            return {"video_ids": list(self.video_ids)}
        when = {"when_idle": True} if self.when_idle else {}
        return when if self.root is None else {"root": self.root, "folder": self.folder, **when}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> StoryboardRequest:
        """Return the request that `params` represent."""
        ids = params.get("video_ids")
        return cls(
            None if ids is None else tuple(ids),
            params.get("root"),
            params.get("folder", ""),
            params.get("when_idle", False),
        )

    @property
    def priority(self) -> int:
        """The priority of its job."""
        return IDLE_PRIORITY if self.when_idle else STORYBOARD_PRIORITY

    @property
    def key(self) -> str:
        """A key that is equal for requests of the same storyboards."""
        if self.video_ids is not None:
            names = "\n".join(sorted(set(self.video_ids))).encode("utf-8", "replace")
            return f"storyboard:videos:{hashlib.blake2b(names, digest_size=16).hexdigest()}"
        place = "" if self.root is None else f":folder:{self.root}:{self.folder}"
        return f"storyboard{':idle' if self.when_idle else ''}{place}"

    @classmethod
    def keys_over(cls, root: str, path: str) -> set[str]:
        """Return the keys of all requests for folders, and for everything, with this file."""
        requests = [
            cls(),
            *(
                cls(None, root, folder, when_idle)
                for folder in folders_above(path)
                for when_idle in (False, True)
            ),
        ]
        return {request.key for request in requests}

    def wanted(self, roots: Mapping[str, Root]) -> sa.ColumnElement[bool]:
        """Return the condition that selects the videos; raise `KeyError` for an unknown root."""
        if self.video_ids is not None:
            return with_ids(STORYBOARD_VERSION, self.video_ids)
        if self.root is None:
            return without_storyboard(STORYBOARD_VERSION)
        return without_storyboard(STORYBOARD_VERSION, Scope(roots[self.root].id, self.folder))


class StoryboardPhase(StrEnum):
    """The phases of a storyboard job."""

    COUNTING = "counting"
    MAKING = "making storyboards"


def _change(job: Job) -> LibraryChange | None:
    made = (job.result or {}).get("made", 0)
    return LibraryChange({"storyboards": made}) if job.status.is_final and made else None


STORYBOARD = JobKind(
    name="storyboard",
    label="Preview thumbnails",
    phases={
        StoryboardPhase.COUNTING: "Counting videos",
        StoryboardPhase.MAKING: "Creating preview thumbnails",
    },
    counts={
        "found": "found",
        "made": "created",
        "empty": "without a picture",
        "failed": "failed",
    },
    change=_change,
    keys_over=StoryboardRequest.keys_over,
)


class ThenStoryboards:
    """A handler that runs `scan` and then calls `submit` for the storyboards of its folder.

    Nothing is submitted if they are not `wanted`, or if none is missing.
    """

    def __init__(
        self,
        scan: Handler,
        submit: Callable[[StoryboardRequest], Awaitable[object]],
        *,
        wanted: Callable[[], bool],
        is_missing: Callable[[StoryboardRequest], Awaitable[bool]],
    ) -> None:
        self._scan = scan
        self._submit = submit
        self._wanted = wanted
        self._is_missing = is_missing

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        result = await self._scan(context, params)
        if "folder" in params and not context.cancel_requested and self._wanted():
            request = StoryboardRequest(None, params["root"], params["folder"], when_idle=True)
            with suppress(QueueClosedError, DatabaseError):  # the next scan submits them
                if await self._is_missing(request):
                    await context.commit()
                    await self._submit(request)
        return result


async def is_storyboard_missing(
    versions: PictureVersions, roots: Sequence[Root], request: StoryboardRequest
) -> bool:
    """Return whether `request` finds a video without a storyboard, in one of `roots`."""
    by_name = {root.name: root for root in roots}
    if request.root is not None and request.root not in by_name:
        return False
    return bool(await versions.page(request.wanted(by_name), after=0, limit=1))


MAX_ERRORS = 100


@dataclass(slots=True)
class StoryboardResult:
    """Counts that grow during the run; at the end `found` is the sum of the three that follow.

    `empty` counts videos without a picture.
    """

    found: int = 0
    made: int = 0
    empty: int = 0
    failed: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    elapsed_seconds: float = 0.0

    @classmethod
    def continuing(cls, earlier: Mapping[str, Any] | None, *, tries_again: bool) -> Self:
        """Return the result to continue, given what an earlier attempt of the job has done.

        Videos without a storyboard are only tried again if it `tries_again`.
        """
        kept = earlier or {}
        result = cls(made=kept.get("made", 0), elapsed_seconds=kept.get("elapsed_seconds", 0.0))
        if not tries_again:
            result.empty, result.failed = kept.get("empty", 0), kept.get("failed", 0)
            result.errors = list(kept.get("errors", ()))
        result.found = result.finished
        return result

    @property
    def finished(self) -> int:
        """The number of videos that need no more work."""
        return self.made + self.empty + self.failed

    def begin(self, path: str) -> None:
        """Count a video; one that had failed before is tried again."""
        shown = for_display(path)
        others = [error for error in self.errors if error["path"] != shown]
        if len(others) < len(self.errors):
            self.errors, self.failed, self.found = others, self.failed - 1, self.found - 1
        self.found += 1

    def fail(self, path: str, reason: str) -> None:
        """Count a failed video; the first hundred are stored with their reasons."""
        self.failed += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"path": for_display(path), "reason": reason})

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form of the job's result and the API."""
        return {
            "found": self.found,
            "made": self.made,
            "empty": self.empty,
            "failed": self.failed,
            "errors": list(self.errors),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }


_PAGE_SIZE = 200
_LEAST_SECONDS = 1.0
"""The least weight of a video: opening it takes time too."""


class StoryboardHandler:
    """The handler of storyboard jobs; `roots` are those configured now."""

    def __init__(
        self,
        maker: StoryboardMaker,
        versions: PictureVersions,
        roots: Sequence[Root],
        real_paths: RealPaths | None = None,
    ) -> None:
        self._maker = maker
        self._versions = versions
        self._roots = roots
        self._real_paths = real_paths or RealPaths()

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        request = StoryboardRequest.from_params(params)
        result = StoryboardResult.continuing(
            context.earlier_result, tries_again=request.video_ids is not None
        )
        context.keep_result(result.as_json)
        await make_storyboards(
            request,
            self._maker,
            self._versions,
            self._roots,
            result=result,
            on_progress=context.set_progress,
            should_stop=lambda: context.cancel_requested,
            real_paths=self._real_paths,
        )
        return result.as_json()


async def make_storyboards(
    request: StoryboardRequest,
    maker: StoryboardMaker,
    versions: PictureVersions,
    roots: Sequence[Root],
    *,
    result: StoryboardResult,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
    real_paths: RealPaths | None = None,
) -> None:
    """Make the storyboards of `request`, one video after the other, and update `result`.

    A failure for a video is part of the result, and so are videos of a root whose disk does not
    respond to `real_paths`: they are not waited for. Raises `PathOutsideRootsError` for a root that
    is not in `roots`.
    """
    by_name = {root.name: root for root in roots}
    if request.root is not None and request.root not in by_name:
        raise PathOutsideRootsError(request.root, [root.path for root in roots])
    on_progress(Progress(phase=StoryboardPhase.COUNTING, unit="videos"))
    wanted = request.wanted(by_name)
    amount = await versions.count(wanted)
    disks = real_paths or RealPaths()
    await _Run(maker, versions, wanted, amount, result, on_progress, should_stop, disks).run()


@dataclass(slots=True)
class _Run:
    maker: StoryboardMaker
    versions: PictureVersions
    wanted: sa.ColumnElement[bool]
    amount: Amount
    result: StoryboardResult
    on_progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    real_paths: RealPaths
    _started: float = field(default_factory=time.monotonic)
    _done_seconds: float = 0.0
    _before: int = field(init=False)

    def __post_init__(self) -> None:
        self._before = self.result.finished

    async def run(self) -> None:
        before_seconds = self.result.elapsed_seconds
        try:
            async for video in self._videos():
                self.result.begin(video.path)
                self._report(video, 0.0)
                if await self.real_paths.of(video.root.path) is None:
                    self.result.fail(video.path, f"The disk of {video.root.path} does not answer.")
                else:
                    await self._make(video)
                self._done_seconds += _weight(video.duration_seconds)
                self._report(video, 0.0)
        finally:
            self.result.elapsed_seconds = before_seconds + time.monotonic() - self._started

    async def _videos(self) -> AsyncIterator[Picturable]:
        after = 0
        while page := await self.versions.page(self.wanted, after=after, limit=_PAGE_SIZE):
            for video in page:
                if self.should_stop():
                    return
                yield video
            after = page[-1].number

    async def _make(self, video: Picturable) -> None:
        full_path = os.path.join(video.root.path, video.path)  # noqa: PTH118  may contain surrogates
        path = RootedPath(full_path, video.root.path)
        try:
            storyboard = await self.maker.make(path, lambda part: self._report(video, part))
        except Exception as raised:  # noqa: BLE001  `file_error` raises other errors
            error = file_error(path, "The maker of storyboards", raised)
            self.result.fail(video.path, error.reason)
            if not isinstance(error, FileVanishedError | FileUnreadableError):
                # It would hang or crash again: it is only made again if requested by its id.
                await self.versions.set_storyboard_of(video.number, -STORYBOARD_VERSION)
        else:
            await self._keep(video, storyboard)

    async def _keep(self, video: Picturable, storyboard: Storyboard) -> None:
        if storyboard.problem:
            self.result.fail(video.path, f"Its storyboard cannot be kept ({storyboard.problem}).")
            return
        self.result.made += storyboard.version > 0
        self.result.empty += storyboard.version < 0
        await self.versions.set_storyboard(storyboard.fingerprint, storyboard.version)

    def _report(self, video: Picturable, part: float) -> None:
        total = self.amount.seconds + self.amount.videos * _LEAST_SECONDS
        done = self._done_seconds + part * _weight(video.duration_seconds)
        elapsed = time.monotonic() - self._started
        finished = self.result.finished
        new = max(finished - self._before, 0)
        left = elapsed / done * (total - done) if done else None
        self.on_progress(
            Progress(
                fraction=min(1.0, done / total) if total else 1.0,
                done=finished,
                total=max(self._before + self.amount.videos, finished),
                unit="videos",
                phase=StoryboardPhase.MAKING,
                current=for_display(video.path),
                rate=round(new / elapsed, 2) if elapsed and new else None,
                eta_seconds=None if left is None else round(max(left, 0.0), 1),
            )
        )


def _weight(duration_seconds: float) -> float:
    return duration_seconds + _LEAST_SECONDS
