"""Plans for clips that become files of their own: the plan of each clip, in a folder of its own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.plan import RenderPlan
from stoat_ferret.render.request.clip import Clip, Gap, ImageClip
from stoat_ferret.render.request.name_pattern import NamedPart, names_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.render.plan.source import Materials
    from stoat_ferret.render.request.request import RenderRequest

SEPARATE_NAME = "{video}-{preset}-{number:03}"
"""The pattern for the names of separate files, unless the request has one."""


def plan_separate(
    request: RenderRequest, materials: Materials, plan_one: Callable[[RenderRequest], RenderPlan]
) -> RenderPlan:
    """Return the plan that makes a file for each clip; `plan_one` plans a request of one clip.

    Raises `RenderRefusedError`, also for what only makes sense in one file.
    """
    clips = _clips(request)
    names = _names(request, clips, materials)
    plans = []
    for number, (clip, name) in enumerate(zip(clips, names, strict=True)):
        try:
            plan = plan_one(request.of_clip(clip, name))
        except RenderRefusedError as error:
            if error.piece is None:
                error.location = error.location or f"clips.{number}"
            raise
        plans.append(_in_folder(f"{number + 1:03d}", plan, number, name))
    return RenderPlan(
        passes=tuple(one for plan in plans for one in plan.passes),
        outputs=tuple(output for plan in plans for output in plan.outputs),
        duration_seconds=sum((plan.duration_seconds for plan in plans), Fraction(0)),
        files={file: text for plan in plans for file, text in plan.files.items()},
        notes=tuple(note for plan in plans for note in plan.notes),
        estimated_bytes=sum(plan.estimated_bytes for plan in plans),
        links={name: file for plan in plans for name, file in plan.links.items()},
        folders=tuple(folder for plan in plans for folder in plan.folders),
        temporary_bytes=sum(plan.temporary_bytes for plan in plans),
        limits={folder: limit for plan in plans for folder, limit in plan.limits.items()},
        samples=tuple(sample for plan in plans for sample in plan.samples),
    )


def _clips(request: RenderRequest) -> list[Clip | ImageClip]:
    clips: list[Clip | ImageClip] = []
    for piece in request.clips:
        if isinstance(piece, Gap):
            raise RenderRefusedError(
                "A gap belongs between the clips of one file. Leave it out, or join the clips: "
                "turn off `separate`.",
                piece=piece,
            )
        if piece.transition:
            raise RenderRefusedError(
                "A transition joins two clips in one file. Leave it out, or join the clips: turn "
                "off `separate`.",
                piece=piece,
                field="transition",
            )
        clips.append(piece)
    if request.audio:
        raise RenderRefusedError(
            "Audio is mixed into one file of all clips. Leave it out, or join the clips: turn off "
            "`separate`.",
            piece=request.audio[0],
        )
    return clips


def _names(
    request: RenderRequest, clips: Sequence[Clip | ImageClip], materials: Materials
) -> list[str]:
    def part(number: int, clip: Clip | ImageClip) -> NamedPart:
        if isinstance(clip, ImageClip):
            stem = PurePath(clip.image.path).stem
            return NamedPart(number, stem, request.preset, Fraction(0), clip.seconds)
        stem = materials.stems.get(clip.video_id, clip.video_id)
        seconds = materials.videos[clip.video_id].info.duration_seconds
        whole = None if seconds is None else Fraction(seconds)
        end = whole if clip.end_seconds is None else clip.end_seconds
        return NamedPart(number, stem, request.preset, clip.start_seconds, end)

    parts = [part(number, clip) for number, clip in enumerate(clips, 1)]
    return names_from(request.name or SEPARATE_NAME, parts)


def _in_folder(folder: str, plan: RenderPlan, clip: int, name: str) -> RenderPlan:
    """Return `plan` with all of its files in `folder`, so that those of others do not clash."""
    shown = f"{name}{plan.outputs[0].extension}"
    return replace(
        plan,
        passes=tuple(replace(one, folder=folder) for one in plan.passes),
        outputs=tuple(
            replace(output, file=f"{folder}/{output.file}", name=name, clip=clip)
            for output in plan.outputs
        ),
        files={f"{folder}/{file}": text for file, text in plan.files.items()},
        limits=dict.fromkeys([folder], plan.limits[""]) if plan.limits else {},
        notes=tuple(f"{shown}: {note}" for note in plan.notes),
        links={f"{folder}/{link}": file for link, file in plan.links.items()},
        folders=(folder, *(f"{folder}/{one}" for one in plan.folders)),
    )
