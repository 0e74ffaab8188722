"""Renders of files with several video streams use the main one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest
from tests import odd_clips
from tests.integration.render.conftest import source_of

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

MAKERS = {
    "default": odd_clips.second_is_default,
    "still": odd_clips.still_first("still.mov"),
    "silent": odd_clips.silent_first,
}


def size_and_frames(path: Path) -> tuple[int, int, int]:
    with av.open(path) as container:
        (stream,) = container.streams.video
        return stream.width, stream.height, sum(1 for _ in container.decode(stream))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("preset", ["web-720p", "copy"])
def test_the_video_is_rendered(
    preset: str, make: Callable[[Path], Path], runner: PlanRunner, tmp_path: Path
) -> None:
    materials = Materials({"odd": source_of(make(tmp_path))})
    request: dict[str, Any] = {"preset": preset, "clips": [{"video_id": "odd"}]}
    [(path, _)] = runner.render(materials, **request)
    width, height, frames = size_and_frames(path)
    assert (width, height) == (160, 120)
    assert frames == pytest.approx(20, abs=1)
