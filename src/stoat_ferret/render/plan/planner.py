"""The planner: turns a request into a plan, purely, without opening a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.animation import plan_animation
from stoat_ferret.render.plan.audio import plan_audio
from stoat_ferret.render.plan.copy import plan_copy
from stoat_ferret.render.plan.encode import plan_video
from stoat_ferret.render.plan.filter_graph import check_image
from stoat_ferret.render.plan.separate import plan_separate
from stoat_ferret.render.plan.smart_cut import plan_smart_cut
from stoat_ferret.render.plan.stills import plan_contact_sheet, plan_stills
from stoat_ferret.render.plan.video.effects import check_effects
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.options import RenderOptions, Subtitles
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
"""The limit on the bytes of one argument in Linux, including its terminating zero."""
_MOST_CRF = 63

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
    """Return the plan for `request`.

    Raises `RenderRefusedError` with the reason if it cannot be rendered, and with the location in
    the request if there is one; and `KeyError` for a video or image that `materials` lacks.
    """
    preset = PRESETS[request.preset]

    def plan_one(one: RenderRequest) -> RenderPlan:
        return _PLANNERS[request.preset](one, preset, materials, tools)

    try:
        check_options(request.options, preset)
        _check_subtitle_files(request, preset)
        check_effects(request, tools)
        for location, image in request.image_files.items():
            check_image(materials.images[image], f"{location}.path")
        if request.separate:
            plan = plan_separate(request, materials, plan_one)
        else:
            plan = plan_one(request)
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


def check_options(options: RenderOptions, preset: Preset) -> None:
    """Raise `RenderRefusedError` for options that `preset` does not support."""
    defaults = RenderOptions()
    given = {name for name in RenderOptions.model_fields if _differs(name, options, defaults)}
    if unsupported := sorted(given - preset.options):
        raise RenderRefusedError(
            f"The preset {preset.name} does not know {', '.join(unsupported)}. "
            f"It knows {', '.join(sorted(preset.options))}."
        )
    _check_quality(options, preset)


def _check_quality(options: RenderOptions, preset: Preset) -> None:
    is_webp = (options.container or preset.container) == "webp"
    if options.quality is not None and options.quality > _MOST_CRF and not is_webp:
        raise RenderRefusedError(
            f"The quality may be from 0 (best) to {_MOST_CRF} here, not {options.quality}. "
            "Only that of WebP goes up to 100.",
            field="options.quality",
        )


def _check_subtitle_files(request: RenderRequest, preset: Preset) -> None:
    for piece in request.clips:
        if not isinstance(piece, Clip) or piece.subtitle_file is None:
            continue
        if "subtitles" not in preset.options:
            raise RenderRefusedError(
                f"The preset {preset.name} takes no subtitle file. Use one that encodes video.",
                piece=piece,
                field="subtitle_file",
            )
        if request.options.subtitles is Subtitles.NONE:
            raise RenderRefusedError(
                "A clip names a subtitle file, but `subtitles` does not say what to do with it: "
                "choose `burn` or `keep`.",
                piece=piece,
                field="subtitle_file",
            )


def _differs(name: str, options: RenderOptions, defaults: RenderOptions) -> bool:
    return bool(getattr(options, name) != getattr(defaults, name))
