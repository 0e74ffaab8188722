"""A runner of plans with a real ffmpeg."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.media.libav_stream_ends import audio_ends
from stoat_ferret.render.plan.plan import OutputKind, faults_of, lost_audio
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.picture_check import PictureCheck
from stoat_ferret.render.run.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.render.plan.plan import PlannedOutput, RenderPlan
    from stoat_ferret.render.plan.source import Materials, Tools


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
        for one in plan.passes:
            completed = subprocess.run(
                [str(self.ffmpeg), "-hide_banner", "-v", "error", "-y", *one.command(measured)],
                cwd=scratch / one.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=100,
            )
            said = completed.stderr.decode("utf-8", "replace")
            assert completed.returncode == 0, f"{one.title}: {said}\n{one.arguments}"
            if one.measurement:
                measured |= one.measurement.read(
                    (scratch / one.folder / one.measurement.file).read_text()
                )
        anyio.run(self._check, scratch, plan)
        return [(scratch / output.file, output) for output in plan.outputs]

    async def _check(self, scratch: Path, plan: RenderPlan) -> None:
        ffprobe = packaged_ffprobe()
        assert ffprobe
        for output in plan.outputs:
            path = scratch / output.file
            if output.kind in {OutputKind.VIDEO, OutputKind.AUDIO}:
                faults = faults_of(output, await ffprobe_video(path, ffprobe=ffprobe))
                faults += lost_audio(output, audio_ends(os.fsencode(path)))
                assert faults == [], faults
            if output.kind is OutputKind.VIDEO:
                await PictureCheck(self.ffmpeg, path, output).run()
