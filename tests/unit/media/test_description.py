"""Reading libav's own description of a stream."""

from __future__ import annotations

import os

import av
import pytest
from tests.clips import make_clip

from stoat_ferret.media.description import StreamDescription, describe_streams


@pytest.mark.parametrize(
    ("text", "codec", "size", "rate", "channels"),
    [
        (
            "h264 (High) (avc1 / 0x31637661), yuv420p, 1920x1080 [SAR 1:1]",
            "h264",
            (1920, 1080),
            0,
            0,
        ),
        (
            "ac4 (ac-4 / 0x342D6361), 48000 Hz, 2 channels, 78 kb/s (default)",
            "ac4",
            (0, 0),
            48000,
            2,
        ),
        ("none (mha1 / 0x3161686D), 48000 Hz, 0 channels, 677 kb/s", "mha1", (0, 0), 48000, 0),
        ("none ([6][0][0][0] / 0x0006)", "unknown", (0, 0), 0, 0),
        ("none", "unknown", (0, 0), 0, 0),
        ("eac3 (Dolby (x) Atmos), 48000 Hz, 5.1(side), fltp, 640 kb/s", "eac3", (0, 0), 48000, 6),
        ("ac4, 44100 Hz, no such layout", "ac4", (0, 0), 44100, 0),
        ("", "unknown", (0, 0), 0, 0),
    ],
)
def test_a_stream_without_decoder_is_read_from_the_text(
    text: str, codec: str, size: tuple[int, int], rate: int, channels: int
) -> None:
    stream = StreamDescription(text)
    assert (stream.codec, stream.size) == (codec, size)
    assert (stream.sample_rate, stream.channels) == (rate, channels)


def test_side_data_belongs_to_its_stream() -> None:
    with av.open(os.fspath(make_clip("rotated.mp4"))) as container:
        streams = describe_streams(container)
    assert [streams[index].rotation for index in (0, 1)] == [-90.0, 0.0]
    assert not streams[0].dolby_vision


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with av.open(os.fspath(make_clip("dolby-vision.mp4"))) as container:
        assert describe_streams(container)[0].dolby_vision
    assert capfd.readouterr() == ("", "")
