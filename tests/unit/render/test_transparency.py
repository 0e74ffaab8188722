"""Transparency is kept or flattened, and the plan says which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.render.world import FakeTools, World, source

WEBM = replace(source("/videos/a.webm", codec="vp9"), has_alpha_channel=True)
WITH_LIBVPX = FakeTools(decoders=frozenset({"libvpx-vp9"}))


def world(tools: FakeTools = WITH_LIBVPX, **video: Any) -> World:
    return World({"a": source(**video) if video else WEBM}, tools)


def command(plan: Any) -> str:
    return " ".join(plan.passes[-1].arguments)


def test_webm_is_decoded_by_libvpx_and_shown_over_black() -> None:
    plan = world().plan()
    assert "-c:0 libvpx-vp9" in command(plan)
    assert "premultiply=inplace=1" in command(plan)
    (note,) = plan.notes
    assert note.startswith("The transparency of video a is shown over black.")


def test_an_ffmpeg_without_libvpx_is_named() -> None:
    plan = world(FakeTools()).plan()
    assert "libvpx" not in command(plan)
    (note,) = plan.notes
    assert "the ffmpeg of this machine cannot read" in note


@pytest.mark.parametrize(
    ("preset", "options", "kept"),
    [
        ("prores", {}, "ProRes 4444"),
        ("archive", {"video_codec": "ffv1"}, "FFV1"),
        ("web-720p", {"container": "webm"}, "VP9"),
        ("gif", {}, "GIF"),
        ("webp", {}, "WEBP"),
        ("stills", {}, "PNG"),
        ("stills", {"container": "jpg"}, None),
        ("contact-sheet", {}, None),
        ("archive", {}, None),
    ],
)
def test_the_plan_says_whether_it_is_kept(
    preset: str, options: dict[str, Any], kept: str | None
) -> None:
    plan = world(pixel_format="yuva444p12le").plan(preset, options=options)
    (note,) = plan.notes
    assert (f"is kept in {kept}." in note) if kept else ("is shown over black." in note)
    assert ("premultiply" in " ".join(plan.passes[0].arguments)) is (kept is None)


def test_opaque_pictures_are_left_alone() -> None:
    plan = world(pixel_format="yuv420p").plan("prores")
    assert plan.notes == ()
    assert "-profile:v 3" in command(plan)
    assert "yuva" not in command(plan)


def test_texts_are_drawn_over_transparent_parts_too() -> None:
    options = {"texts": [{"text": "The sea"}]}
    kept = command(world().plan("prores", options=options))
    assert "subtitles=filename=texts-0.ass:alpha=1," in kept
    assert "alpha=1" not in command(world().plan("web-720p", options=options))


def test_a_clip_with_effects_is_shown_over_black() -> None:
    blurred = {"video_id": "a", "effects": [{"effect": "blur", "radius": 2}]}
    plan = world().plan("prores", clips=[{"video_id": "a", "end_seconds": 1}, blurred])
    assert plan.notes == (
        "The transparency of video a is kept in ProRes 4444.",
        "The transparency of video a is shown over black where a clip has effects.",
    )
    assert command(plan).count("premultiply") == 1
    plan = world().plan("prores", clips=[blurred])
    assert "-profile:v 3" in command(plan)
    assert plan.notes[0].startswith("The transparency of video a is shown over black.")
