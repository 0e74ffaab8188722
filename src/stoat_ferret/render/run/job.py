"""The handler that runs a render as a job."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stoat_ferret.errors import RenderRefusedError, listed_faults
from stoat_ferret.jobs.job import JobKind, LibraryChange
from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.renderer import RenderTools, render
from stoat_ferret.render.run.result import RenderResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobContext


def render_key(request: RenderRequest) -> str:
    """Return a key that is equal for requests of the same render."""
    return f"render:{request.digest}"


def added_videos(job: Job) -> dict[str, int]:
    """Return the number of videos in the result of an ended job, as a count of changes if any."""
    outputs = (job.result or {}).get("outputs", ()) if job.status.is_final else ()
    added = sum(output.get("video_id") is not None for output in outputs)
    return {"added": added} if added else {}


def _change(job: Job) -> LibraryChange | None:
    added = added_videos(job)
    return LibraryChange(added) if added else None


RENDER = JobKind(
    name="render",
    label="Render",
    phases={
        RenderPhase.WAITING: "Waiting for another render",
        RenderPhase.PREPARING: "Preparing",
        RenderPhase.READING_SUBTITLES: "Reading subtitles",
        RenderPhase.MEASURING_LOUDNESS: "Measuring loudness",
        RenderPhase.CHOOSING_COLORS: "Choosing colors",
        RenderPhase.ANALYZING: "Analyzing (first pass)",
        RenderPhase.ENCODING: "Encoding",
        RenderPhase.ENCODING_AROUND_CUT: "Encoding around a cut",
        RenderPhase.COPYING: "Copying",
        RenderPhase.JOINING: "Joining",
        RenderPhase.DRAWING: "Drawing frames",
        RenderPhase.JOINING_PICTURES: "Arranging the frames",
        RenderPhase.CHECKING: "Checking the output",
        RenderPhase.PUBLISHING: "Publishing",
    },
    change=_change,
)


@contextmanager
def refusing_other_versions() -> Iterator[None]:
    """Raise `RenderRefusedError` for parameters that another version of this program stored."""
    try:
        yield
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = listed_faults(found, "the request")
        raise RenderRefusedError(f"This version cannot make that: {faults}.") from error


async def remove_leftover(tools: RenderTools, context: JobContext) -> None:
    """Remove the files of a render that was recorded just before the process died."""
    left = await tools.output.take_over(context.job_id, context.attempt_number)
    if left is not None:
        await tools.output.remove(left[0])


class RenderHandler:
    """The handler of render jobs."""

    def __init__(self, tools: RenderTools) -> None:
        self._tools = tools

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        with refusing_other_versions():
            request = RenderRequest.from_params(params)
        result = RenderResult()
        if context.attempt_number > 1 and (context.earlier_result or {}).get("outputs"):
            # The process died after everything was published and recorded.
            await remove_leftover(self._tools, context)
            return dict(context.earlier_result or {})

        async def record() -> None:
            await context.save_result(result.as_json(), ends_commit=False)

        try:
            await render(
                request,
                self._tools,
                job_id=context.job_id,
                attempt=context.attempt_number,
                result=result,
                on_progress=context.set_progress,
                commit=context.commit,
                on_published=record,
                gate=context.gate,
            )
        finally:
            if result.outputs:
                context.keep_result(result.as_json())
        return result.as_json()
