"""Timelines: a render from what an editor wrote, and what an editor reads from a render."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from stoat_ferret.api.dependencies import ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.timelines import (
    TIMELINE_EXAMPLE,
    TakenTimelineResponse,
    WrittenTimelineResponse,
)
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.errors import (
    FileUnreadableError,
    FileVanishedError,
    PathOutsideRootsError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessNotStartedError,
    RecipeNotFoundError,
    RenderNotPlannedError,
    RenderRefusedError,
    RootUnavailableError,
    TimelineRefusedError,
    VideoNotFoundError,
)
from stoat_ferret.render.request.request import RenderRequest

router = APIRouter(prefix="/api/v1", tags=["renders"])

_REFUSALS = (
    RenderRefusedError,
    TimelineRefusedError,
    VideoNotFoundError,
    FileVanishedError,
    PathOutsideRootsError,
    RootUnavailableError,
    RenderNotPlannedError,
    ProcessNotStartedError,
    FileUnreadableError,
    ProbeCrashedError,
    ProbeTimeoutError,
)
_TIMELINE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": TIMELINE_EXAMPLE}
        },
    }
}


@router.post(
    "/timelines/import",
    summary="Take over a timeline",
    responses=problems(TimelineRefusedError, ProcessNotStartedError, body=True),
    openapi_extra=_TIMELINE_BODY,
)
async def import_timeline(request: Request, services: ServicesDep) -> TakenTimelineResponse:
    """The body of `POST /renders` that a timeline of OpenTimelineIO stands for.

    The body is the `.otio` file as it is. Its media are looked for in the library: by their
    paths, else by the only video of the same file name, which the notes say. What cannot be
    taken over is in the notes, and a gap of its length in its place. Nothing is started.
    """
    # Not parsed here: that would hold all other requests up.
    taken = await services.timelines.take(await request.body())
    return TakenTimelineResponse.from_taken(taken)


@router.post(
    "/timelines/export",
    summary="Write a timeline of a render",
    responses=problems(*_REFUSALS, body=True),
)
async def export_timeline(body: RenderRequest, services: ServicesDep) -> WrittenTimelineResponse:
    """The timeline of OpenTimelineIO that the body of a `POST /renders` stands for.

    Of a timeline that this server wrote, `POST /timelines/import` gives that body again.
    """
    return WrittenTimelineResponse.from_written(await services.timelines.write(body))


@router.get(
    "/videos/{video_id}/timeline",
    summary="Write a timeline of a video that was rendered",
    responses=problems(*_REFUSALS, RecipeNotFoundError),
)
async def export_video_timeline(
    video_id: Annotated[
        str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
    ],
    services: ServicesDep,
) -> WrittenTimelineResponse:
    """The timeline of the render that made this video."""
    return WrittenTimelineResponse.from_written(await services.timelines.write_recipe(video_id))
