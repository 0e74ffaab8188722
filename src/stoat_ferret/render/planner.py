"""The way from a request to a plan: pure, nothing is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.render.plan import RenderPlan
    from stoat_ferret.render.request import RenderRequest
    from stoat_ferret.render.source import Materials, Tools


def plan_render(request: RenderRequest, materials: Materials, tools: Tools) -> RenderPlan:
    """What to run for `request`.

    Raises `RenderRefusedError` with the reason where it cannot be made, and `KeyError` for a
    video or picture that is not among `materials`.
    """
    raise NotImplementedError
