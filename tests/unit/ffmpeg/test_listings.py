"""Parsing of the lists that ffmpeg prints, in the formats of several versions."""

from __future__ import annotations

import pytest

from stoat_ferret.ffmpeg.capabilities import (
    hardware_use,
    known_hardware,
    parse_codecs,
    parse_filters,
    parse_muxers,
    parse_transitions,
)

ENCODERS = """Encoders:
 V..... = Video
 ...X.. = Codec is experimental
 ------
 V....D libx264              libx264 H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10 (codec h264)
 VFS..D ffv1                 FFmpeg video codec #1
 A....D aac                  AAC (Advanced Audio Coding)
 S..... mov_text             3GPP Timed Text subtitle
"""
FILTERS_OF_5 = """Filters:
  T.. = Timeline support
  .S. = Slice threading
  A = Audio input/output
  | = Source or sink filter
 ... abench            A->A       Benchmark part of a filtergraph.
 TSC overlay           VV->V      Overlay a video source on top of the input.
 ... concat            N->N       Concatenate audio and video streams.
 ... nullsrc           |->V       Null video source, return unprocessed video frames.
"""
FILTERS_OF_9 = """Filters:
  T.. = Timeline support
  .S. = Slice threading
  | = Source or sink filter
  ------
 TS aap               AA->A      Apply Affine Projection algorithm to first audio stream.
 .. concat            N->N       Concatenate audio and video streams.
"""
MUXERS_OF_5 = """File formats:
 D. = Demuxing supported
 .E = Muxing supported
 --
  E 3g2             3GP2 (3GPP2 file format)
  E matroska        Matroska
"""
MUXERS_OF_9 = """Formats:
 D.. = Demuxing supported
 .E. = Muxing supported
 ..d = Is a device
 ---
  E  3g2             3GP2 (3GPP2 file format)
  Ed alsa            ALSA audio output
  E  matroska        Matroska
"""


def test_encoders_of_every_kind_are_found() -> None:
    assert parse_codecs(ENCODERS) == {"libx264", "ffv1", "aac", "mov_text"}


XFADE = """xfade AVOptions:
   transition        <int>        ..FV....... set cross fade transition (from -1 to 57)
     custom          -1           ..FV....... custom transition
     fade            0            ..FV....... fade transition
     wipeleft        1            ..FV....... wipe left transition
   duration          <duration>   ..FV....... set cross fade duration (default 1)
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (FILTERS_OF_5, {"abench", "overlay", "concat", "nullsrc"}),
        (FILTERS_OF_9, {"aap", "concat"}),
        ("", set()),
    ],
)
def test_filters_are_found_whatever_the_columns(text: str, names: set[str]) -> None:
    assert parse_filters(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [(MUXERS_OF_5, {"3g2", "matroska"}), (MUXERS_OF_9, {"3g2", "alsa", "matroska"})],
)
def test_muxers_are_found_whatever_the_columns(text: str, names: set[str]) -> None:
    assert parse_muxers(text) == names


def test_transitions_are_the_values_of_one_option() -> None:
    assert parse_transitions(XFADE) == {"fade", "wipeleft"}
    assert parse_transitions("") == set()


def test_encoders_in_hardware_are_known_by_their_names_the_preferred_first() -> None:
    encoders = {"hevc_vaapi", "libx264", "h264_vaapi", "h264_nvenc", "mjpeg_qsv"}
    assert known_hardware(encoders) == ("h264_nvenc", "h264_vaapi", "hevc_vaapi")
    assert hardware_use("libx264") is None
    use = hardware_use("h264_vaapi")
    assert use
    assert use.upload[-1] == "hwupload"


@pytest.mark.parametrize("family", "nvenc qsv videotoolbox amf vaapi vulkan v4l2m2m".split())
def test_every_encoder_in_hardware_can_be_told_a_quality(family: str) -> None:
    use = hardware_use(f"h264_{family}")
    assert use
    for level in (0, 25, 51):
        told = use.quality_arguments(level)
        assert told
        values = [argument for argument in told if argument.lstrip("-").isdigit()]
        assert all(int(value) >= 0 for value in values)
        assert not any("{" in argument for argument in told)
