"""The same render of many videos, one after another, each published as soon as it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import structlog

from stoat_ferret.errors import (
    BatchFailedError,
    BinaryNotFoundError,
    DatabaseError,
    NoLongerMineError,
    OutputFolderError,
    StoatFerretError,
    VideoNotFoundError,
)
from stoat_ferret.jobs.job import Progress
from stoat_ferret.pause_gate import PausableTimeout
from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.render.request.batch import BATCH_NAME
from stoat_ferret.render.request.name_pattern import NamedPart, names_from
from stoat_ferret.render.run.job import remove_leftover
from stoat_ferret.render.run.renderer import render
from stoat_ferret.render.run.result import RenderResult
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.library.video import Video
    from stoat_ferret.render.request.batch import EachClip, RenderBatch
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.run.renderer import RenderTools

MAX_NOTES = 100
_UNKNOWN_SECONDS = 60.0
_LEAST_SECONDS = 1.0
"""The work of a render besides encoding, as seconds of video."""
_FOR_ALL = (OutputFolderError, BinaryNotFoundError, DatabaseError, NoLongerMineError)
"""The errors that every further video would have too."""

logger = structlog.get_logger(__name__)


class BatchPhase(StrEnum):
    """The phases of a job that renders many videos."""

    PREPARING = "preparing"
    WAITING = "waiting"
    RENDERING = "rendering"


@dataclass(slots=True)
class BatchResult:
    """The files made so far, and the videos that failed with their reasons.

    `found` is the number of all videos; at the end it is the sum of `rendered` and `failed`.
    `notes` are the first hundred, each with the path of its video.
    """

    found: int = 0
    rendered: int = 0
    failed: int = 0
    outputs: list[dict[str, Any]] = field(default_factory=list)
    folder: str = ""
    notes: list[str] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    elapsed_seconds: float = 0.0

    @classmethod
    def continuing(cls, earlier: Mapping[str, Any] | None, found: int) -> Self:
        """Return the result to continue, given what an earlier attempt kept of `found` videos."""
        kept = earlier or {}
        values = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        return cls(**{**values, "found": found})

    @property
    def done_ids(self) -> frozenset[str]:
        """The ids of the videos that were rendered or failed."""
        rendered = {output["source_id"] for output in self.outputs}
        return frozenset(rendered.union(error["video_id"] for error in self.errors))

    def add(self, video_id: str, path: str, made: RenderResult) -> None:
        """Add the files of one video."""
        self.rendered += 1
        self.folder = for_display(made.folder)
        self.outputs += [{**output.as_json(), "source_id": video_id} for output in made.outputs]
        notes = [f"{for_display(path)}: {note}" for note in made.notes]
        self.notes += notes[: MAX_NOTES - len(self.notes)]

    def fail(self, video_id: str, path: str, reason: str) -> None:
        """Add a video that could not be rendered."""
        self.failed += 1
        self.errors.append({"video_id": video_id, "path": for_display(path), "reason": reason})

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form of the job's result and the API."""
        return {
            "found": self.found,
            "rendered": self.rendered,
            "failed": self.failed,
            "outputs": list(self.outputs),
            "folder": self.folder,
            "notes": list(self.notes),
            "errors": list(self.errors),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }


async def render_batch(
    batch: RenderBatch,
    tools: RenderTools,
    context: JobContext,
    result: BatchResult,
    *,
    timeout_seconds: float | None = None,
) -> None:
    """Render each video of `batch` that `result` does not have yet, and update it.

    A video that fails, or takes longer than `timeout_seconds`, does not stop the others. Raises
    `BatchFailedError` if all failed, and the errors that would be the same for every video.
    """
    gate = context.gate
    started = gate.seconds() - result.elapsed_seconds
    try:
        await _Batch(batch, tools, context, result, timeout_seconds).run()
    finally:
        result.elapsed_seconds = gate.seconds() - started
        context.keep_result(result.as_json())
    if result.failed == result.found:
        first = result.errors[0]
        raise BatchFailedError(result.failed, first["path"], first["reason"])


@dataclass(slots=True)
class _Batch:
    batch: RenderBatch
    tools: RenderTools
    context: JobContext
    result: BatchResult
    timeout_seconds: float | None

    async def run(self) -> None:
        ids, done = self.batch.video_ids, self.result.done_ids
        self.context.set_progress(Progress(phase=BatchPhase.PREPARING, unit="videos"))
        videos = await self.tools.resolver.videos.get_many(ids)
        names = self._names(videos)
        left = [(one, name) for one, name in zip(ids, names, strict=True) if one not in done]
        weights = [_seconds(self.batch.clip, videos.get(video_id)) for video_id, _ in left]
        meter = BatchProgress(
            weights, len(ids), self.context.set_progress, self.context.gate.seconds
        )
        for video_id, name in left:
            if self.context.cancel_requested:
                return
            video = videos.get(video_id)
            path = video_id if video is None else video.path
            meter.begin(for_display(path))
            if video is None:
                await self._record_failure(video_id, path, str(VideoNotFoundError(video_id)))
            else:
                await self._render(self.batch.request_for(video_id, name), video, meter)
            meter.end()
        if self.context.attempt_number > 1:
            await remove_leftover(self.tools, self.context)

    async def _render(self, request: RenderRequest, video: Video, meter: BatchProgress) -> None:
        made = RenderResult()
        deadline = PausableTimeout(self.timeout_seconds, self.context.gate)

        async def record() -> None:
            self.result.add(video.id, video.path, made)
            await self._save()

        try:
            async with deadline:
                await render(
                    request,
                    self.tools,
                    job_id=self.context.job_id,
                    attempt=self.context.attempt_number,
                    result=made,
                    on_progress=lambda progress: self._advance(progress, meter, deadline),
                    commit=self.context.commit,
                    on_published=record,
                    gate=self.context.gate,
                )
        except _FOR_ALL:
            raise
        except Exception as error:  # noqa: BLE001  it is logged
            reason = self._reason(error, video, is_late=deadline.is_over)
            if video.id not in self.result.done_ids:  # else it was published in time
                await self._record_failure(video.id, video.path, reason)

    def _reason(self, error: Exception, video: Video, *, is_late: bool) -> str:
        if isinstance(error, StoatFerretError):
            return str(error)
        if is_late:
            return f"It was stopped at its deadline of {self.timeout_seconds:g} seconds."
        logger.error("video_not_rendered", path=for_display(video.path), exc_info=error)
        return f"Unexpected error ({type(error).__name__}). See the server log for details."

    def _advance(self, progress: Progress, meter: BatchProgress, deadline: PausableTimeout) -> None:
        """Report the progress of one video; its time starts once it no longer waits."""
        if progress.phase != RenderPhase.WAITING:
            deadline.start()
        meter.advance(progress)

    async def _record_failure(self, video_id: str, path: str, reason: str) -> None:
        self.result.fail(video_id, path, reason)
        await self._save()

    async def _save(self) -> None:
        await self.context.save_result(self.result.as_json())

    def _names(self, videos: Mapping[str, Video]) -> list[str]:
        clip = self.batch.clip
        parts = [
            NamedPart(
                number,
                Path(video.path).stem if video else "",
                self.batch.preset,
                clip.start_seconds,
                clip.end_seconds or (_whole(video) if video else None),
            )
            for number, video in enumerate(map(videos.get, self.batch.video_ids), 1)
        ]
        return names_from(self.batch.name or BATCH_NAME, parts)


class BatchProgress:
    """The progress over many videos, by the seconds that each has.

    `weights` are the seconds of the videos that are left of `total`; `clock` returns seconds.
    """

    def __init__(
        self,
        weights: Sequence[float],
        total: int,
        report: Callable[[Progress], None],
        clock: Callable[[], float],
    ) -> None:
        self._weights = weights
        self._weight = sum(weights) or 1.0
        self._total = total
        self._report = report
        self._clock = clock
        self._started = clock()
        self._index = 0
        self._done = 0.0
        self._current: str | None = None

    def begin(self, current: str) -> None:
        """Report that the next video begins."""
        self._current = current
        self.advance(Progress())

    def advance(self, inner: Progress) -> None:
        """Report the progress of the current video."""
        part = (inner.fraction or 0.0) * self._weights[self._index]
        fraction = min(1.0, (self._done + part) / self._weight)
        elapsed = self._clock() - self._started
        left = elapsed / fraction * (1 - fraction) if fraction > 0 else None
        is_waiting = inner.phase == RenderPhase.WAITING
        self._report(
            Progress(
                fraction=fraction,
                done=self._total - len(self._weights) + self._index,
                total=self._total,
                unit="videos",
                phase=BatchPhase.WAITING if is_waiting else BatchPhase.RENDERING,
                current=self._current,
                eta_seconds=None if left is None else round(left, 1),
                speed=inner.speed,
                fps=inner.fps,
            )
        )

    def end(self) -> None:
        """Count the current video as done."""
        self._done += self._weights[self._index]
        self._index += 1


def _whole(video: Video) -> Fraction | None:
    return None if video.duration_seconds is None else Fraction(video.duration_seconds)


def _seconds(clip: EachClip, video: Video | None) -> float:
    """Return the weight of a render of `clip` of a video."""
    if video is None:
        return 0.0
    whole = video.duration_seconds or _UNKNOWN_SECONDS
    end = whole if clip.end_seconds is None else min(whole, float(clip.end_seconds))
    return max(end - float(clip.start_seconds), 0.0) / clip.speed + _LEAST_SECONDS
