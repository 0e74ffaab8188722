"""Routes of timelines: import one as a render request, and export one from a render."""

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
    summary="Import a timeline",
    responses=problems(TimelineRefusedError, ProcessNotStartedError, body=True),
    openapi_extra=_TIMELINE_BODY,
)
async def import_timeline(request: Request, services: ServicesDep) -> TakenTimelineResponse:
    """Return the body of `POST /renders` for a timeline of OpenTimelineIO.

    The body is an `.otio` file. Its media are matched to videos by path, else by a unique file
    name, which the notes mention. Parts that cannot be imported are in the notes, and are replaced
    by gaps of the same length. Nothing is started.
    """
    # Not parsed here: that would block all other requests.
    taken = await services.timelines.take(await request.body())
    return TakenTimelineResponse.from_taken(taken)


@router.post(
    "/timelines/export",
    summary="Export the timeline of a render",
    responses=problems(*_REFUSALS, body=True),
)
async def export_timeline(body: RenderRequest, services: ServicesDep) -> WrittenTimelineResponse:
    """Return the timeline of OpenTimelineIO for a body of `POST /renders`.

    For a timeline that this server exported, `POST /timelines/import` returns that body again.
    """
    return WrittenTimelineResponse.from_written(await services.timelines.write(body))


@router.get(
    "/videos/{video_id}/timeline",
    summary="Export the timeline of a rendered video",
    responses=problems(*_REFUSALS, RecipeNotFoundError),
)
async def export_video_timeline(
    video_id: Annotated[
        str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
    ],
    services: ServicesDep,
) -> WrittenTimelineResponse:
    """Return the timeline of the render that made this video."""
    return WrittenTimelineResponse.from_written(await services.timelines.write_recipe(video_id))
