"""The channel layout of a result keeps every channel that its codec holds."""

from __future__ import annotations

import pytest

from stoat_ferret.media.media_info import AudioStream
from stoat_ferret.render.plan.sound.channel_layouts import choose_layout


def sound(layout: str | None, channels: int = 2) -> AudioStream:
    return AudioStream(
        index=1, codec="pcm_s16le", channels=channels, layout=layout, sample_rate=48000
    )


@pytest.mark.parametrize(
    "layout", "mono stereo 2.1 3.0 4.0 quad quad(side) 5.0 5.1(side) 6.0 6.1 7.1 octagonal".split()
)
@pytest.mark.parametrize(("codec", "muxer"), [("flac", "matroska"), ("pcm_s24le", "mov")])
def test_files_that_store_places_keep_each_layout(layout: str, codec: str, muxer: str) -> None:
    assert choose_layout([sound(layout)], codec, muxer) == (layout, ())


@pytest.mark.parametrize(
    ("layout", "codec", "muxer", "stored"),
    [
        ("5.1(side)", "opus", "matroska", "5.1"),
        ("quad", "ac3", "matroska", "quad(side)"),
        ("5.0(side)", "flac", "mp4", "5.0"),
        ("downmix", "opus", "matroska", "stereo"),
    ],
)
def test_channels_at_the_sides_may_be_stored_at_the_back(
    layout: str, codec: str, muxer: str, stored: str
) -> None:
    assert choose_layout([sound(layout)], codec, muxer) == (stored, ())


@pytest.mark.parametrize(
    ("layout", "codec", "muxer", "stored", "change"),
    [
        ("2.1", "opus", "matroska", "5.1", "stored as 5.1, whose further channels are silent"),
        ("quad", "pcm_s24le", "matroska", "5.0", "stored as 5.0"),
        ("4 channels (FL+FR+LFE+BC)", "flac", "matroska", "4.1", "stored as 4.1"),
        ("hexagonal", "opus", "matroska", "5.0", "mixed down to 5.0"),
        ("7.1", "ac3", "matroska", "5.1(side)", "mixed down to 5.1(side)"),
        ("7.1.4", "flac", "matroska", "7.1", "mixed down to 7.1"),
        ("5.1", "mp3", "matroska", "stereo", "mixed down to stereo"),
    ],
)
def test_a_layout_that_is_not_held_is_named(
    layout: str, codec: str, muxer: str, stored: str, change: str
) -> None:
    name, (note,) = choose_layout([sound(layout)], codec, muxer)
    assert name == stored
    assert change in note
    assert note.endswith(f"does not hold {layout}.")


def test_several_clips_share_the_layout_that_has_all_their_channels() -> None:
    def chosen(*layouts: str) -> str:
        return choose_layout([sound(one) for one in layouts], "flac", "matroska")[0]

    assert chosen("mono", "mono") == "mono"
    assert chosen("mono", "stereo") == "stereo"
    assert chosen("5.1", "stereo", "mono") == "5.1"
    assert chosen("quad", "2.1") == "5.1"
    assert chosen() == "stereo"


def test_channels_without_a_place_are_kept_and_named() -> None:
    assert choose_layout([sound(None, 1)], "flac", "matroska") == ("mono", ())
    name, (note,) = choose_layout([sound(None, 4)], "flac", "matroska")
    assert name == "4.0"
    assert note == "The file does not say where its 4 channels belong: they are kept as 4.0."
    name, (note,) = choose_layout([sound(None, 12)], "flac", "matroska")
    assert name == "stereo"
    assert "mixed down to stereo" in note
