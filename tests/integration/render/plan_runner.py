"""A runner of plans with a real ffmpeg."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

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
        """Run every pass of a plan in an empty folder, and check the pictures of the results."""
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
        for output in plan.outputs:
            check = PictureCheck(self.ffmpeg, scratch / output.file, output)
            anyio.run(check.run)
        return [(scratch / output.file, output) for output in plan.outputs]
