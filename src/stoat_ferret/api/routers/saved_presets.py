"""Routes of saved presets: list, save, change and delete them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from stoat_ferret.api.dependencies import SavedPresetsDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.saved_presets import (
    SavedPresetBody,
    SavedPresetPatch,
    SavedPresetResponse,
    SavedPresetsResponse,
)
from stoat_ferret.errors import (
    PresetExistsError,
    PresetNotFoundError,
    RenderRefusedError,
    TooManyPresetsError,
)
from stoat_ferret.render.plan.planner import check_options
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.preset import PRESETS, check_preset_name
from stoat_ferret.render.request.request import PresetName

router = APIRouter(prefix="/api/v1/presets/saved", tags=["renders"])

SavedPresetId = Annotated[
    int, Path(ge=0, lt=2**31, description="The id of a saved preset.", examples=[2])
]


@router.get("", summary="List saved presets", responses=problems())
async def list_saved_presets(presets: SavedPresetsDep) -> SavedPresetsResponse:
    """List all saved presets, ordered by name."""
    return SavedPresetsResponse(
        items=[SavedPresetResponse.from_preset(saved) for saved in await presets.find()]
    )


@router.post(
    "",
    summary="Save a preset",
    status_code=201,
    responses=problems(PresetExistsError, TooManyPresetsError, RenderRefusedError, body=True),
)
async def save_preset(body: SavedPresetBody, presets: SavedPresetsDep) -> SavedPresetResponse:
    """Save a preset and its options under a name, for `POST /renders` with the same.

    Options are checked like those of a render.
    """
    check_preset_name(body.name)
    options = _checked(body.preset, body.options)
    return SavedPresetResponse.from_preset(await presets.add(body.name, body.preset, options))


@router.patch(
    "/{preset_id}",
    summary="Change a saved preset",
    responses=problems(PresetNotFoundError, PresetExistsError, RenderRefusedError, body=True),
)
async def change_saved_preset(
    preset_id: SavedPresetId, patch: SavedPresetPatch, presets: SavedPresetsDep
) -> SavedPresetResponse:
    """Rename a saved preset, or replace its preset and options."""
    if patch.name is not None:
        check_preset_name(patch.name)
    if patch.preset is None or patch.options is None:
        changed = await presets.change(preset_id, name=patch.name)
    else:
        options = _checked(patch.preset, patch.options)
        changed = await presets.change(
            preset_id, name=patch.name, preset=patch.preset, options=options
        )
    return SavedPresetResponse.from_preset(changed)


@router.delete(
    "/{preset_id}",
    summary="Delete a saved preset",
    status_code=204,
    response_model=None,
    responses=problems(PresetNotFoundError, body=True),
)
async def delete_saved_preset(preset_id: SavedPresetId, presets: SavedPresetsDep) -> Response:
    """Delete a saved preset, not what was rendered with it."""
    await presets.delete(preset_id)
    return Response(status_code=204)


def _checked(preset: PresetName, options: RenderOptions) -> dict[str, object]:
    """Return the options as plain JSON. Raises `RenderRefusedError`."""
    check_options(options, PRESETS[preset])
    return options.model_dump(mode="json", exclude_defaults=True)
