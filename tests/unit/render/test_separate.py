"""Plans that make a file for each clip: those of the clips alone, kept apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.render.world import LOGO, World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.text.fonts import Font, Fonts
from stoat_ferret.render.request.request import PresetName, RenderRequest

WORLD = World({"a": source(), "b": source("/videos/b.mkv", seconds=5.0, container="matroska")})
CLIPS: list[dict[str, Any]] = [
    {"video_id": "a", "start_seconds": 1, "end_seconds": 3},
    {"video_id": "b", "start_seconds": 2},
]


@pytest.mark.parametrize("preset", list(PresetName))
def test_each_clip_has_the_plan_of_a_request_of_its_own(preset: PresetName) -> None:
    texts = {"texts": [{"text": "The sea"}]} if preset is PresetName.WEB_720P else {}
    plan = WORLD.plan(preset, clips=CLIPS, separate=True, options=texts)
    alone = [WORLD.plan(preset, clips=[clip], options=texts) for clip in CLIPS]
    assert [one.arguments for one in plan.passes] == [
        one.arguments for single in alone for one in single.passes
    ]
    assert [one.folder for one in plan.passes] == [
        folder for folder, single in zip(plan.folders, alone, strict=True) for _ in single.passes
    ]
    assert [output.file for output in plan.outputs] == [
        f"{folder}/{output.file}"
        for folder, single in zip(plan.folders, alone, strict=True)
        for output in single.outputs
    ]
    assert [output.clip for output in plan.outputs] == [0, 1]
    assert plan.weight == pytest.approx(sum(one.weight for one in alone))
    assert plan.duration_seconds == sum(one.duration_seconds for one in alone)
    assert plan.estimated_bytes == sum(one.estimated_bytes for one in alone)
    assert len(plan.files) == len(alone[0].files) + len(alone[1].files)


def test_each_folder_has_the_fonts_of_the_texts() -> None:
    fonts = Fonts((Font("/fonts/a.ttf", "A", 1.0),))
    plan = replace(WORLD, fonts=fonts).plan(
        clips=CLIPS, separate=True, options={"texts": [{"text": "The sea"}]}
    )
    assert plan.links == {
        "001/fonts/000.ttf": "/fonts/a.ttf",
        "002/fonts/000.ttf": "/fonts/a.ttf",
    }
    assert plan.folders == ("001", "002")


def test_notes_name_their_file() -> None:
    clips = [{"video_id": "a", "start_seconds": 1.5}, {"video_id": "a", "start_seconds": 2.5}]
    notes = WORLD.plan("copy", clips=clips, separate=True, name="part-{number}").notes
    assert [note.partition(": ")[0] for note in notes] == ["part-1.mp4", "part-2.mp4"]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (None, ["a-copy-001", "b-copy-002"]),
        ("{number}", ["1", "2"]),
        ("cut", ["cut-001", "cut-002"]),
        ("{start}-{end}", ["00.00.01.000-00.00.03.000", "00.00.02.000-00.00.05.000"]),
    ],
)
def test_files_are_named_by_the_pattern(name: str | None, names: list[str]) -> None:
    plan = WORLD.plan("copy", clips=CLIPS, separate=True, name=name)
    assert [output.name for output in plan.outputs] == names


def test_an_image_becomes_a_file_named_after_it() -> None:
    image = {"image": LOGO.model_dump(), "seconds": 3}
    plan = WORLD.plan("web-720p", clips=[image, CLIPS[0]], separate=True, name="{video} {end}")
    assert [output.name for output in plan.outputs] == ["logo 00.00.03.000", "a 00.00.03.000"]


def test_a_name_with_braces_is_no_pattern_for_one_file() -> None:
    (output,) = WORLD.plan("web-720p", clips=CLIPS, name="{holiday}").outputs
    assert output.name is None


@pytest.mark.parametrize(
    ("more", "location"),
    [
        ({"clips": [CLIPS[0], {"gap_seconds": 1}, CLIPS[1]]}, "clips.1"),
        (
            {"clips": [CLIPS[0], {**CLIPS[1], "transition": {"seconds": 0.5}}]},
            "clips.1.transition",
        ),
        ({"audio": [{"video_id": "a"}]}, "audio.0"),
        ({"name": "{oops}"}, "name"),
        ({"clips": [CLIPS[0], {"video_id": "b", "start_seconds": 60}]}, "clips.1"),
        ({"options": {"count": 2}}, None),
    ],
)
def test_what_only_makes_sense_in_one_file_is_refused(
    more: dict[str, Any], location: str | None
) -> None:
    with pytest.raises(RenderRefusedError) as refused:
        WORLD.plan("web-720p", **{"clips": CLIPS, "separate": True, **more})
    assert refused.value.location == location or str(refused.value.location).startswith(
        f"{location}."
    )


def test_the_request_of_one_file_makes_it_alone() -> None:
    request = RenderRequest.model_validate(
        {"preset": "copy", "clips": CLIPS, "separate": True, "name": "{number}"}
    )
    assert request.of_clip(request.clips[1], "2").params == {
        "preset": "copy",
        "clips": [{"video_id": "b", "start_seconds": 2.0}],
        "name": "2",
    }
