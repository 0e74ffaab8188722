"""Each option of a render has an effect in each preset that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.render.world import LOGO, FakeTools, World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.preset import PRESETS

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPlan

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "width": [{"width": 320}],
    "height": [{"height": 240}],
    "fit": [{"fit": "cover", "width": 480, "height": 480}],
    "frame_rate": [{"frame_rate": 12}],
    "video_codec": [{"video_codec": "av1"}, {"video_codec": "h264", "audio_codec": "aac"}],
    "audio_codec": [{"audio_codec": "flac"}, {"audio_codec": "aac"}],
    "encoder": [{"encoder": "hardware", "video_codec": "h264", "audio_codec": "aac"}],
    "effort": [{"effort": "best"}, {"effort": "best", "video_codec": "h264", "audio_codec": "aac"}],
    "quality": [{"quality": 11}, {"quality": 11, "container": "jpg"}],
    "max_bytes": [{"max_bytes": 5_000_000}],
    "audio_bit_rate": [{"audio_bit_rate": 100_000, "audio_codec": "aac"}],
    "container": [{"container": name} for name in ("mov", "mp4", "flac", "webp")],
    "hdr": [{"hdr": "sdr"}, {"hdr": "keep", "video_codec": "hevc"}, {"hdr": "keep"}],
    "mute": [{"mute": True}],
    "audio": [{"audio": "all"}, {"audio": "first"}],
    "volume_db": [{"volume_db": 3}],
    "loudness_lufs": [{"loudness_lufs": -20}],
    "texts": [{"texts": [{"text": "The sea"}]}],
    "images": [{"images": [{"image": LOGO.model_dump()}]}],
    "subtitles": [{"subtitles": "burn"}],
    "subtitle_source": [{"subtitle_source": "beside", "subtitles": "burn"}],
    "subtitle_stream": [{"subtitle_stream": 1, "subtitles": "burn"}],
    "metadata": [{"metadata": "keep"}, {"metadata": "none"}],
    "at_seconds": [{"at_seconds": [2]}],
    "count": [{"count": 3}],
    "columns": [{"columns": 3}],
    "rows": [{"rows": 3}],
}
"""Options with which each one has an effect, perhaps beside others; a new one needs a line here."""
TAKEN = [(preset.name, option) for preset in PRESETS.values() for option in sorted(preset.options)]
WORLD = World(
    {
        "plain": source(sounds=2, subtitles=("subrip", "subrip"), tags={"title": "The sea"}),
        "hdr": source(color_transfer="smpte2084"),
    },
    FakeTools(hardware_encoders=("h264_vaapi",)),
)


def plan(video_id: str, preset: str, options: dict[str, Any]) -> RenderPlan | str:
    """Return the plan of a clip that begins between two key frames, or why there is none.

    A refusal is an effect too: the presets for the web cannot keep a high dynamic range.
    """
    try:
        return WORLD.plan(
            preset, clips=[{"video_id": video_id, "start_seconds": 0.4}], options=options
        )
    except RenderRefusedError as error:
        return str(error)


def test_each_option_has_a_value_to_test_with() -> None:
    assert OPTIONS.keys() == RenderOptions.model_fields.keys()
    assert all(option in given for option, ways in OPTIONS.items() for given in ways)


def test_each_option_is_one_of_a_preset() -> None:
    assert {option for _, option in TAKEN} == RenderOptions.model_fields.keys()


@pytest.mark.parametrize(("preset", "option"), TAKEN)
def test_an_option_that_a_preset_takes_changes_its_plan(preset: str, option: str) -> None:
    """Else a form would offer it in vain."""
    for given in OPTIONS[option]:
        others = {name: value for name, value in given.items() if name != option}
        for video_id in WORLD.videos:
            if plan(video_id, preset, given) != plan(video_id, preset, others):
                return
    pytest.fail(f"{option} changes nothing in {preset}")


@pytest.mark.parametrize(
    ("preset", "container"), [("webp", None), ("stills", "webp"), ("contact-sheet", "webp")]
)
def test_the_quality_of_webp_goes_up_to_100(preset: str, container: str | None) -> None:
    options = {"quality": 100} | ({"container": container} if container else {})
    arguments = World().plan(preset, options=options).passes[-1].arguments
    assert arguments[arguments.index("-quality") + 1] == "100"
