"""Parsing of libav's own description of a stream."""

from __future__ import annotations

import os

import av
import pytest
from tests.clips import make_clip

from stoat_ferret.media.libav_dump import StreamDescription, describe_streams, read_description


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
        ("none, 44100 Hz, 6 channels (default) (forced)", "unknown", (0, 0), 44100, 6),
        ("none (qqqq / 0x71717171), 2 channels (FL+FR), 78 kb/s", "qqqq", (0, 0), 0, 2),
        ("none, 44100 Hz, 5.1(side) (hearing impaired)", "unknown", (0, 0), 44100, 6),
        ("none, 48000 Hz", "unknown", (0, 0), 48000, 0),
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


HEAD = "Input #0, matroska,webm, from '':\n  Metadata:\n"
LIE = "Stream #0:0: Video: lie, 1x1"
GROUP = "  Stream group #0:0: IAMF:\n    Metadata:\n      a : b\n    Stream #0:0: Video: h264"
CHAPTERS = (
    f"  Chapters:\n    Chapter #0:0: start 0\n      Metadata:\n        {LIE}\n"
    "  Stream #0:0: Video: h264, 64x48"
)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("  Stream #0:0: Video: h264, 64x48 (default)", ""),
        ("  Stream #0:0[0x1e0]: Video: h264, 64x48", ""),
        ("  Stream #0:0(eng): Video: h264, 64x48", "eng"),
        ("  Stream #0:0[0x1](English (US)): Video: h264, 64x48", "English (US)"),
        ("  Stream #0:0(   ): Video: h264, 64x48", "   "),
        ("  Stream #0:0(): Audio: x): Video: h264, 64x48", "): Audio: x"),
        ("  Stream #0:0(a\nb): Video: h264, 64x48", "a\nb"),
        # A language that PyAV spells differently from the log.
        ("  Stream #0:0(\\xff x): Video: h264, 64x48", "\ufffd x"),
        ("  Stream group #0:0[0x1]: Tile Grid:\n    Stream #0:0[0x1]: Video: h264, 64x48", ""),
        (
            "  Stream group #0:0: IAMF:\n    Metadata:\n      a : b\n    Stream #0:0: Video: h264",
            "",
        ),
        ("  Program 1 \n    Metadata:\n      a : b\n  Stream #0:0: Video: h264, 64x48", ""),
        ("  No Program\n  Stream #0:0: Video: h264, 64x48", ""),
        (CHAPTERS, ""),
    ],
)
def test_every_form_of_a_line_is_known(line: str, language: str) -> None:
    stream = read_description(f"{HEAD}{line}\n", {0: language})[0]
    assert stream.codec == "h264"


@pytest.mark.parametrize(
    "lines",
    [
        f"    {LIE}: value\n",
        f"    title           : {LIE}\n                    : {LIE}\n",
        f"    title           : x\u2028  {LIE}\n",
        f"    title           : x\x85  {LIE}\n",
        f"    title           : x\r  {LIE}\n",
        f"  Stream group #0:0: Tile Grid:\n    Metadata:\n      {LIE}\n",
    ],
)
def test_metadata_is_no_stream(lines: str) -> None:
    text = f"{HEAD}{lines}  Stream #0:0: Video: h264, 64x48\n    Metadata:\n      {LIE}\n"
    streams = read_description(text, {0: ""})
    assert (streams[0].codec, streams[0].size) == ("h264", (64, 48))


@pytest.mark.parametrize("text", ["", "\n", "  Stream #0:0", "  Stream #0:0: ?\n", "  Stream #0:9"])
def test_a_stream_is_there_whatever_is_printed(text: str) -> None:
    stream = read_description(text, {0: "", 1: ""})[1]
    assert (stream.codec, stream.size, stream.channels) == ("unknown", (0, 0), 0)


def test_side_data_that_is_no_number_is_none() -> None:
    text = "  Stream #0:0: Video: h264\n      Display Matrix: rotation of -.- degrees\n"
    assert read_description(text, {0: ""})[0].rotation == 0.0


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("none, 44100 Hz, 6 channels (default) (forced)", "6 channels"),
        ("none, 44100 Hz, 5.1(side) (default)", "5.1(side)"),
        ("ac4, 48000 Hz, stereo, 78 kb/s (hearing impaired)", "stereo"),
        ("none, 2 channels (FL+FR) (default)", "2 channels (FL+FR)"),
        ("none (default)", None),
    ],
)
def test_what_a_stream_is_for_is_no_part_of_its_layout(text: str, layout: str | None) -> None:
    assert StreamDescription(text).layout == layout
