"""Routes of presets and renders, which run as jobs."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from stoat_ferret.api.dependencies import ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.api.schemas.renders import (
    OptionResponse,
    PresetList,
    PresetResponse,
    RenderBatchBody,
    RenderPlanResponse,
    TransitionResponse,
)
from stoat_ferret.errors import (
    BinaryNotFoundError,
    FileUnreadableError,
    FileVanishedError,
    InvalidMediaError,
    OutputFolderError,
    OutputSpaceError,
    PathOutsideRootsError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessCrashedError,
    ProcessTimeoutError,
    QueueClosedError,
    RenderNotPlannedError,
    RenderRefusedError,
    RootUnavailableError,
    StoatFerretError,
    VideoNotFoundError,
)
from stoat_ferret.render.request.preset import PRESETS
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.renderer import prepare

router = APIRouter(prefix="/api/v1", tags=["renders"])

_ABILITIES_SECONDS = 1.0
_PLAN_SECONDS = 10.0

_REFUSALS = (
    RenderRefusedError,
    VideoNotFoundError,
    FileVanishedError,
    PathOutsideRootsError,
    RootUnavailableError,
    OutputFolderError,
    OutputSpaceError,
    BinaryNotFoundError,
    ProcessCrashedError,
    ProcessTimeoutError,
    FileUnreadableError,
    InvalidMediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
)


@router.get("/presets", summary="List the presets", responses=problems())
async def list_presets(services: ServicesDep) -> PresetList:
    """List the presets, their options, the output folder and the working hardware encoders."""
    return PresetList(
        items=[PresetResponse.from_preset(preset) for preset in PRESETS.values()],
        options=OptionResponse.every(),
        transitions=TransitionResponse.every(),
        output_folder=str(services.renders.output.path),
        hardware_encoders=await _hardware_encoders(services),
    )


@router.post(
    "/renders",
    summary="Render a new file",
    status_code=202,
    responses=problems(*_REFUSALS, QueueClosedError, body=True),
)
async def start_render(
    body: RenderRequest, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue a render and return its job at once; `Location` is its URL.

    A request that cannot be rendered is rejected with the reason. If the same request is queued or
    running already, its job is returned.
    """
    job = await services.submit_render(body)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


@router.post(
    "/renders/batch",
    summary="Render many videos",
    status_code=202,
    responses=problems(RenderRefusedError, OutputFolderError, QueueClosedError, body=True),
)
async def start_render_batch(
    body: RenderBatchBody, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue one job that makes the same render of each video; `Location` is its URL.

    Each file is published as soon as it is made. A video that fails is listed in `errors` of the
    result, and does not stop the others. If the same request is active already, its job
    is returned.
    """
    if body.query is None:
        video_ids = body.video_ids or []
    else:
        video_ids = await services.ids_to_render(body.query)
    job = await services.submit_render_batch(body.batch(video_ids))
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


@router.post(
    "/renders/plan",
    summary="Plan a render",
    responses=problems(*_REFUSALS, RenderNotPlannedError, body=True),
)
async def plan_render(
    body: RenderRequest,
    services: ServicesDep,
    measure: Annotated[
        bool, Query(description="Encode a little of it for a better estimate of the size.")
    ] = False,
) -> RenderPlanResponse:
    """Return the plan of a `POST /renders` with the same body, without starting anything.

    It is rejected for the same reasons.
    """
    try:
        async with asyncio.timeout(_PLAN_SECONDS):
            prepared = await prepare(body, services.renders, measures_size=measure)
    except TimeoutError as error:
        raise RenderNotPlannedError(_PLAN_SECONDS) from error
    return RenderPlanResponse.from_prepared(prepared)


async def _hardware_encoders(services: ServicesDep) -> list[str] | None:
    try:
        async with asyncio.timeout(_ABILITIES_SECONDS):
            return list((await services.ffmpeg.describe()).hardware_encoders)
    except (TimeoutError, StoatFerretError):  # the health check reports the reason
        return None
