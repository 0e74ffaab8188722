"""The job that renders many videos."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stoat_ferret.jobs.job import JobKind, LibraryChange
from stoat_ferret.render.request.batch import RenderBatch
from stoat_ferret.render.run.batch import BatchPhase, BatchResult, render_batch
from stoat_ferret.render.run.job import added_videos, refusing_other_versions

if TYPE_CHECKING:
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.render.run.renderer import RenderTools


def _change(job: Job) -> LibraryChange:
    return LibraryChange(added_videos(job), job.progress.done, job.progress.total)


def _kept_by_retry(result: dict[str, Any]) -> dict[str, Any] | None:
    kept = BatchResult.continuing(result, result.get("found", 0))
    if kept.rendered == kept.found:
        return None
    return replace(kept, failed=0, errors=[]).as_json()


RENDER_BATCH = JobKind(
    name="render-batch",
    label="Batch render",
    phases={
        BatchPhase.PREPARING: "Preparing",
        BatchPhase.WAITING: "Waiting for another render",
        BatchPhase.RENDERING: "Rendering",
    },
    counts={"found": "videos", "rendered": "rendered", "failed": "failed"},
    change=_change,
    kept_by_retry=_kept_by_retry,
)


class RenderBatchHandler:
    """The handler of jobs that render many videos; `timeout_seconds` is the limit for each."""

    def __init__(self, tools: RenderTools, timeout_seconds: float | None) -> None:
        self._tools = tools
        self._timeout_seconds = timeout_seconds

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        with refusing_other_versions():
            batch = RenderBatch.from_params(params)
        result = BatchResult.continuing(context.earlier_result, len(batch.video_ids))
        await render_batch(
            batch, self._tools, context, result, timeout_seconds=self._timeout_seconds
        )
        return result.as_json()
