"""The result of a render, and its progress over all passes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stoat_ferret.jobs.job import Progress
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.ffmpeg.executor import FfmpegProgress
    from stoat_ferret.render.plan.plan import RenderPass, RenderPhase, RenderPlan

_FIRST_TRY = 0.98


class RenderProgress:
    """The progress of a render over all passes, by their weights.

    Progress counts the seconds of the result; `clock` returns seconds. If the result has a limit on
    its size, a little of the fraction is left for passes that repeat.
    """

    def __init__(
        self, plan: RenderPlan, report: Callable[[Progress], None], clock: Callable[[], float]
    ) -> None:
        self._weight = plan.weight or 1.0
        self._base, self._span = 0.0, _FIRST_TRY if plan.limits else 1.0
        self._has_many_limits = len(plan.limits) > 1
        self._seconds = float(plan.duration_seconds)
        self._report = report
        self._clock = clock
        self._started = clock()
        self._done = 0.0
        self._size_bytes = 0
        self._newest = 0
        self._progress = Progress()

    def begin(self, one: RenderPass) -> None:
        """Report that a pass begins."""
        self._update(one, 0.0, None)

    def advance(self, one: RenderPass, progress: FfmpegProgress) -> None:
        """Report ffmpeg's progress in a pass."""
        self._newest = progress.size_bytes or 0
        self._update(one, part_of(one, progress), progress)

    def end(self, one: RenderPass) -> None:
        """Count a pass as done."""
        self._done += one.weight
        self._size_bytes, self._newest = self._size_bytes + self._newest, 0

    def repeat(self, passes: Sequence[RenderPass]) -> None:
        """Report that `passes` run again.

        They get half of the fraction that is left, or none if more results are to be made.
        """
        if self._has_many_limits:
            self._done -= sum(one.weight for one in passes)
            return
        self._base += self._span
        self._span = (1 - self._base) / 2
        self._weight = sum(one.weight for one in passes) or 1.0
        self._done, self._size_bytes = 0.0, 0
        self._started = self._clock()

    def phase(self, name: RenderPhase) -> None:
        """Report the phase after the passes."""
        self._progress = replace(
            self._progress, fraction=1.0, done=self._progress.total, phase=name, eta_seconds=None
        )
        self._report(self._progress)

    def _update(self, one: RenderPass, part: float, progress: FfmpegProgress | None) -> None:
        made = min(1.0, (self._done + part * one.weight) / self._weight)
        fraction = max(self._progress.fraction or 0.0, self._base + made * self._span)
        elapsed = self._clock() - self._started
        rate = made * self._seconds / elapsed if elapsed > 0 else 0.0
        left = elapsed / made * (1 - made) if made > 0 else None
        self._progress = Progress(
            fraction=fraction,
            done=int(fraction * self._seconds),
            total=max(1, round(self._seconds)),
            unit="seconds",
            phase=one.title,
            rate=round(rate, 2) if rate else None,
            eta_seconds=None if left is None else round(left, 1),
            speed=progress.speed if progress else None,
            fps=progress.fps if progress else None,
            size_bytes=(self._size_bytes + self._newest) or None,
        )
        self._report(self._progress)


def part_of(one: RenderPass, progress: FfmpegProgress) -> float:
    """Return the part of a pass that is done, from 0 to 1."""
    if one.frames and progress.frame is not None:
        part = progress.frame / one.frames
    elif one.duration_seconds and progress.out_seconds is not None:
        part = progress.out_seconds / float(one.duration_seconds)
    else:
        part = 0.0
    return min(1.0, max(0.0, part))


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A published file; `path` is relative to the root, `video_id` is None if it is no video."""

    video_id: str | None
    root: str
    path: str
    size_bytes: int
    duration_seconds: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the file in the form of the job's result and the API."""
        return {
            "video_id": self.video_id,
            "root": for_display(self.root),
            "path": for_display(self.path),
            "size_bytes": self.size_bytes,
            "duration_seconds": self.duration_seconds,
        }


@dataclass(slots=True)
class RenderResult:
    """The files of a render; `notes` are sentences for people, `speed` is relative to real time.

    It is empty until everything is published: a render yields all of its files or none.
    """

    outputs: list[RenderedFile] = field(default_factory=list)
    folder: str = ""
    notes: list[str] = field(default_factory=list)
    speed: float | None = None
    elapsed_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form of the job's result and the API."""
        return {
            "outputs": [output.as_json() for output in self.outputs],
            "folder": for_display(self.folder),
            "notes": list(self.notes),
            "speed": None if self.speed is None else round(self.speed, 3),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }
