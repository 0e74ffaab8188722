"""The request, the result and the progress of a render of many videos."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from stoat_ferret.jobs.job import Progress
from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.render.request.batch import RenderBatch
from stoat_ferret.render.run.batch import BatchPhase, BatchProgress, BatchResult
from stoat_ferret.render.run.result import RenderedFile, RenderResult


def test_each_video_has_a_render_of_its_own() -> None:
    params = {
        "preset": "web-720p",
        "clip": {
            "start_seconds": 1.0,
            "speed": 2.0,
            "crop": {"x": 0, "y": 0, "width": 8, "height": 8},
        },
        "audio": [{"video_id": "music"}],
        "name": "{video}",
        "options": {"effort": "draft"},
        "overwrite": True,
        "video_ids": ["a", "b"],
    }
    batch = RenderBatch.from_params(params)
    assert batch.params == params
    assert batch.request_for("a", "beach").params == {
        "preset": "web-720p",
        "clips": [{"video_id": "a", **params["clip"]}],  # type: ignore[dict-item]  # an object
        "audio": [{"video_id": "music"}],
        "name": "beach",
        "options": {"effort": "draft"},
        "overwrite": True,
    }


def test_videos_are_rendered_once_in_their_order() -> None:
    batch = RenderBatch.from_params({"preset": "copy", "video_ids": ["b", "a", "b"]})
    assert batch.video_ids == ("b", "a")
    assert batch.key == RenderBatch.from_params(batch.params).key


@pytest.mark.parametrize("clip", [{"video_id": "a"}, {"transition": {"seconds": 1}}, {"gap": 1}])
def test_a_clip_of_each_video_names_none(clip: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RenderBatch.from_params({"preset": "copy", "clip": clip, "video_ids": ["a"]})


def test_progress_is_that_of_the_seconds_that_are_left() -> None:
    told: list[Progress] = []
    now = [0.0]
    meter = BatchProgress([10, 30], 3, told.append, lambda: now[0])
    meter.begin("b.mp4")
    now[0] = 10
    meter.advance(Progress(fraction=0.5, phase=RenderPhase.ENCODING, speed=2.0))
    assert told[-1] == Progress(
        fraction=0.125,
        done=1,
        total=3,
        unit="videos",
        phase=BatchPhase.RENDERING,
        current="b.mp4",
        eta_seconds=70.0,
        speed=2.0,
    )
    meter.end()
    meter.begin("c.mp4")
    meter.advance(Progress(phase=RenderPhase.WAITING))
    assert (told[-1].fraction, told[-1].done, told[-1].phase) == (0.25, 2, BatchPhase.WAITING)
    meter.advance(Progress(fraction=1.0, phase=RenderPhase.PUBLISHING))
    assert told[-1].fraction == 1.0


def test_a_result_is_continued() -> None:
    result = BatchResult(found=3)
    made = RenderResult([RenderedFile("x", "r", "a.mp4", 5, 1.0)], "/r", ["cut at 1 s"])
    result.add("a", "films/a.mp4", made)
    result.fail("b", "films/b.mp4", "It is gone.")
    again = BatchResult.continuing({**result.as_json(), "of_another_version": 1}, 3)
    assert again == result
    assert again.done_ids == {"a", "b"}
    assert again.notes == ["films/a.mp4: cut at 1 s"]
    assert BatchResult.continuing(None, 3) == BatchResult(found=3)
