"""Render options on the command line, and the messages about wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from stoat_ferret.cli.render_request import (
    document_from_clips,
    document_of_batch,
    parse_request,
    saved_preset,
    with_changes,
)
from stoat_ferret.errors import RenderRefusedError

CLIP = {"video_id": "a"}


def test_a_clip_is_typed_with_its_part() -> None:
    typed = ["a:1.5-3.25", "b"]
    document = document_from_clips(
        typed, preset="proxy", name=None, options=["effort=draft", "quality=30"], overwrite=False
    )
    assert parse_request(document).params["clips"] == [
        {"video_id": "a", "start_seconds": 1.5, "end_seconds": 3.25},
        {"video_id": "b"},
    ]
    assert document["options"] == {"effort": "draft", "quality": 30}


def test_clips_of_their_own_files_are_asked_for() -> None:
    more: dict[str, Any] = {"preset": None, "name": "{number}", "options": [], "overwrite": False}
    assert parse_request(document_from_clips(["a"], **more, separate=True)).separate
    assert document_of_batch(["a", "b"], **more) == {
        "preset": "web-720p",
        "video_ids": ["a", "b"],
        "name": "{number}",
        "options": {},
        "overwrite": False,
    }
    with pytest.raises(RenderRefusedError, match="--separate for parts like a:1-2"):
        document_of_batch(["a:1-2"], **more)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {"preset": "copy", "clips": [{**CLIP, "start_seconds": 2, "end_seconds": 1}]},
            "clips.0.clip: end_seconds must come after start_seconds",
        ),
        (
            {"preset": "copy", "clips": [CLIP], "name": ".hidden"},
            "name: must not be empty, nor start with a dot",
        ),
        (
            {"preset": "copy", "clips": [{"gap_seconds": 1}]},
            "the request: give at least one clip of a video",
        ),
    ],
)
def test_what_makes_no_request_is_said_in_our_words(document: dict[str, Any], said: str) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        parse_request(document)
    assert str(caught.value).startswith(f"That cannot be rendered: {said}")


SAVED = [{"name": "Für dich", "preset": "proxy", "options": {"mute": True, "quality": 30}}]


def test_a_saved_preset_is_found_by_its_name_and_typed_options_replace_its_own() -> None:
    preset, options = saved_preset("fur DICH", SAVED)
    more: dict[str, Any] = {"name": None, "overwrite": False, "options": ["quality=28"]}
    document = document_from_clips(["a"], preset=preset, saved_options=options, **more)
    assert parse_request(document).params["preset"] == "proxy"
    assert document["options"] == {"mute": True, "quality": 28}
    batch = document_of_batch(["a"], preset=preset, saved_options=options, **more)
    assert batch["options"] == {"mute": True, "quality": 28}
    imported = {"preset": "web-720p", "clips": [CLIP], "options": {"quality": 20, "fit": "cover"}}
    changed = with_changes(imported, preset=preset, saved_options=options, **more)
    assert changed["options"] == {"quality": 28, "fit": "cover", "mute": True}


def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        RenderRefusedError, match=r"no preset 'x'\. .*smart-cut.*saved are Für dich"
    ):
        saved_preset("x", SAVED)
    with pytest.raises(RenderRefusedError, match="none are saved"):
        saved_preset("x", [])
