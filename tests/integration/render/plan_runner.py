"""A runner of plans with a real ffmpeg."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from stoat_ferret.ffmpeg.executor import ProgressReader
from stoat_ferret.media.libav import probe_file
from stoat_ferret.media.libav_stream_ends import audio_ends
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.render.plan.plan import OutputKind, faults_of, lost_audio
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.animation_check import check_animation
from stoat_ferret.render.run.picture_check import PictureCheck
from stoat_ferret.render.run.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.render.plan.plan import PlannedOutput, RenderPlan
    from stoat_ferret.render.plan.source import Materials, Tools


def info_of(path: Path) -> MediaInfo:
    """Return the facts of a file as libav reads them in this process, which starts no other."""
    facts, _ = probe_file(os.fsencode(path))
    return MediaInfo.model_validate(facts)


LOUD = ("-hide_banner", "-v", "error", "-y")
PROGRESS = "progress.txt"


@dataclass(frozen=True)
class PlanRunner:
    """An ffmpeg, and a folder to work in."""

    ffmpeg: Path
    tools: Tools
    folder: Path

    def render(self, materials: Materials, **request: Any) -> list[tuple[Path, PlannedOutput]]:
        """Plan, run every pass, and return the files with their planned outputs."""
        plan = self.plan(materials, **request)
        return self.run(plan)

    def plan(self, materials: Materials, **request: Any) -> RenderPlan:
        """Return the plan of a request."""
        return plan_render(RenderRequest.model_validate(request), materials, self.tools)

    def run(self, plan: RenderPlan) -> list[tuple[Path, PlannedOutput]]:
        """Run every pass of a plan in an empty folder, and check the results as a job does."""
        scratch = self.folder / f"render-{len(list(self.folder.glob('render-*')))}"
        scratch.mkdir()
        Scratch(scratch).fill(plan)
        measured: dict[str, str] = {}
        written: dict[str, int] = {}
        for one in plan.passes:
            completed = subprocess.run(
                [*(str(self.ffmpeg), *LOUD, "-progress", PROGRESS), *one.command(measured)],
                cwd=scratch / one.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=100,
            )
            said = completed.stderr.decode("utf-8", "replace")
            assert completed.returncode == 0, f"{one.title}: {said}\n{one.arguments}"
            if one.is_counted:
                blocks = ProgressReader().feed((scratch / one.folder / PROGRESS).read_bytes())
                frames = blocks[-1].frame or 0
                written[one.folder] = written.get(one.folder, 0) + frames
            if one.measurement:
                measured |= one.measurement.read(
                    (scratch / one.folder / one.measurement.file).read_text()
                )
        anyio.run(self._check, scratch, plan, written)
        return [(scratch / output.file, output) for output in plan.outputs]

    async def _check(self, scratch: Path, plan: RenderPlan, written: dict[str, int]) -> None:
        for output in plan.outputs:
            path = scratch / output.file
            if output.kind in {OutputKind.VIDEO, OutputKind.AUDIO}:
                faults = faults_of(output, info_of(path))
                faults += lost_audio(output, audio_ends(os.fsencode(path)))
                assert faults == [], faults
            if output.kind is OutputKind.ANIMATION:
                await check_animation(path, output)
            if output.kind is OutputKind.VIDEO:
                folder = output.file.rpartition("/")[0]
                await PictureCheck(self.ffmpeg, path, output, written.get(folder)).run()
