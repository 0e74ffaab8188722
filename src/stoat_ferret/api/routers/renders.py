"""Renders: what can be asked for, and asking for it; what comes of it is a job."""

import asyncio

from fastapi import APIRouter, Response

from stoat_ferret.api.dependencies import ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.api.schemas.renders import (
    OptionResponse,
    PresetList,
    PresetResponse,
    RenderPlanResponse,
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
    """What can be rendered, where it goes, and which encoders in hardware there are."""
    return PresetList(
        items=[PresetResponse.from_preset(preset) for preset in PRESETS.values()],
        options=OptionResponse.every(),
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
    """Queue a render and return its job at once; `Location` says where to follow it.

    What cannot be made is refused here, with the reason. A render that is asked for while the
    same one is queued or running is that one.
    """
    job = await services.submit_render(body)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


@router.post(
    "/renders/plan",
    summary="Say what a render would make",
    responses=problems(*_REFUSALS, RenderNotPlannedError, body=True),
)
async def plan_render(body: RenderRequest, services: ServicesDep) -> RenderPlanResponse:
    """What would come out of `POST /renders` with the same body, without starting anything.

    It is refused for the same reasons.
    """
    try:
        async with asyncio.timeout(_PLAN_SECONDS):
            prepared = await prepare(body, services.renders)
    except TimeoutError as error:
        raise RenderNotPlannedError(_PLAN_SECONDS) from error
    return RenderPlanResponse.from_prepared(prepared)


async def _hardware_encoders(services: ServicesDep) -> list[str] | None:
    try:
        async with asyncio.timeout(_ABILITIES_SECONDS):
            return list((await services.ffmpeg.describe()).hardware_encoders)
    except (TimeoutError, StoatFerretError):  # health says what is wrong
        return None
