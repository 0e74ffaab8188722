"""The way from a request to a plan: pure, nothing is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.animation import plan_animation
from stoat_ferret.render.plan.copy import plan_copy
from stoat_ferret.render.plan.encode import plan_audio, plan_video
from stoat_ferret.render.plan.smart_cut import plan_smart_cut
from stoat_ferret.render.plan.stills import plan_contact_sheet, plan_stills
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.preset import PRESETS
from stoat_ferret.render.request.request import PresetName

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.render.plan.plan import RenderPlan
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

    Planner = Callable[[RenderRequest, Preset, Materials, Tools], RenderPlan]

LONGEST_ARGUMENT = 131_072
"""Linux takes no argument of more bytes, with the zero at its end."""

_PLANNERS: dict[PresetName, Planner] = {
    **dict.fromkeys(PresetName, plan_video),
    PresetName.AUDIO: plan_audio,
    PresetName.STILLS: plan_stills,
    PresetName.CONTACT_SHEET: plan_contact_sheet,
    PresetName.GIF: plan_animation,
    PresetName.WEBP: plan_animation,
    PresetName.COPY: plan_copy,
    PresetName.SMART_CUT: plan_smart_cut,
}


def plan_render(request: RenderRequest, materials: Materials, tools: Tools) -> RenderPlan:
    """What to run for `request`.

    Raises `RenderRefusedError` with the reason where it cannot be made, and with the place in the
    request where there is one; and `KeyError` for a video or picture that is not among `materials`.
    """
    preset = PRESETS[request.preset]
    try:
        _check_options(request.options, preset)
        plan = _PLANNERS[request.preset](request, preset, materials, tools)
        _check_length(plan)
    except RenderRefusedError as error:
        error.location = error.location or request.location_of(error.piece, error.field)
        raise
    return plan


def _check_length(plan: RenderPlan) -> None:
    lengths = (len(os.fsencode(argument)) for one in plan.passes for argument in one.arguments)
    if max(lengths) >= LONGEST_ARGUMENT:
        raise RenderRefusedError(
            "That is too much for one command: the clips, sounds and texts are too many for all "
            "that is done to them. Render it in parts, and join those with `copy`."
        )


def _check_options(options: RenderOptions, preset: Preset) -> None:
    usual = RenderOptions()
    asked = {name for name in RenderOptions.model_fields if _differs(name, options, usual)}
    if strangers := sorted(asked - preset.options):
        raise RenderRefusedError(
            f"The preset {preset.name} does not know {', '.join(strangers)}. "
            f"It knows {', '.join(sorted(preset.options))}."
        )


def _differs(name: str, options: RenderOptions, usual: RenderOptions) -> bool:
    return bool(getattr(options, name) != getattr(usual, name))
