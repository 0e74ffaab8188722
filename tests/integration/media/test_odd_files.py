"""Valid files of unusual kinds: the right facts from both probers, and pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import odd_clips
from tests.odd_clips import retagged, still_first, unknown_sound, without_its_start

from stoat_ferret.errors import InvalidMediaError
from stoat_ferret.media.libav import picture_file, probe_file
from stoat_ferret.media.limits import MOST_CHAPTERS
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.media.prober import Prober
    from stoat_ferret.processes.worker_pool import MediaWorkers

LIE = "Stream #0:0: Video: lie, 1x1"
CORPUS = os.environ.get("STOAT_CORPUS")
ODD = Path(CORPUS).parent / "odd" if CORPUS else None


def main(info: MediaInfo) -> tuple[object, ...]:
    video = info.main_video
    assert video
    return video.codec, video.width, video.height, str(video.frame_rate)


def whole_picture(info: MediaInfo) -> tuple[object, ...]:
    video = info.main_video
    assert video
    return *main(info), video.pixel_format


def language(info: MediaInfo) -> str | None:
    return info.audio[0].language


def sound(info: MediaInfo) -> tuple[object, ...]:
    stream = info.audio[0]
    return stream.channels, stream.layout, stream.sample_rate


CASES: dict[str, tuple[Callable[[Path], Path], Callable[[MediaInfo], Any], Any]] = {
    **{
        f"blank in the language, {kind}": (
            retagged(f"blank.{kind}", "-metadata:s:a:0", "language=English (US)"),
            language,
            "English (US)",
        )
        for kind in ("mkv", "nut")
    },
    "language of blanks": (
        retagged("blanks.ts", "-metadata:s:a:0", "language=   ", "-f", "mpegts"),
        language,
        None,
    ),
    "language with a line of its own": (
        retagged("line.mkv", "-metadata:s:a:0", f"language=a\n  {LIE}"),
        main,
        ("h264", 320, 240, "25"),
    ),
    "language that looks like a stream": (
        retagged("like.mkv", "-metadata:s:v:0", "language=): Audio: aac"),
        main,
        ("h264", 320, 240, "25"),
    ),
    "title that looks like streams": (
        retagged("title.mkv", "-metadata:s:a:0", f"title={LIE}\n  {LIE}\u2028  {LIE}\r\n{LIE}"),
        main,
        ("h264", 320, 240, "25"),
    ),
    "key that looks like a stream": (
        retagged("key.mkv", "-metadata", f"  {LIE}=x", "-metadata:s:v", f"  {LIE}=x"),
        main,
        ("h264", 320, 240, "25"),
    ),
    "streams of two programmes": (
        retagged("programs.ts", *"-program st=0:st=1 -program title=a:st=0:st=1".split()),
        main,
        ("h264", 320, 240, "25"),
    ),
    "language in capitals": (
        odd_clips.capitals,
        lambda info: (language(info) or "")[:8],
        "00:00:02",
    ),
    "unknown sound in MP4": (unknown_sound("sound.mp4"), sound, (6, "5.1", 48000)),
    "unknown sound in Matroska": (unknown_sound("sound.mkv"), sound, (6, None, 48000)),
    "unknown sound in AVI": (unknown_sound("sound.avi"), sound, (6, None, 48000)),
    "late key frame": (
        without_its_start("late.mkv", "-g", "20"),
        whole_picture,
        ("h264", 160, 120, "10", "yuv420p"),
    ),
    "no key frame": (
        without_its_start("refresh.mkv", "-x264-params", "intra-refresh=1:keyint=10"),
        whole_picture,
        ("h264", 160, 120, "10", "yuv420p"),
    ),
    "unknown picture": (odd_clips.unknown_picture, main, ("h264", 160, 120, "10")),
    "time of creation of all ones": (
        odd_clips.all_ones,
        lambda info: info.tags.get("creation_time"),
        None,
    ),
    "second track is default": (odd_clips.second_is_default, main, ("h264", 160, 120, "10")),
    "still first, QuickTime": (still_first("still.mov"), main, ("h264", 160, 120, "10")),
    "still first, Matroska": (still_first("still.mkv"), main, ("h264", 160, 120, "10")),
    "silent track first": (odd_clips.silent_first, main, ("h264", 160, 120, "10")),
    "EXIF": (odd_clips.with_exif, main, ("mjpeg", 160, 120, "10")),
    "many fragments": (odd_clips.many_fragments, main, ("h264", 160, 120, "1")),
    "offset beyond the file system": (odd_clips.far_chunk, main, ("h264", 320, 240, "25")),
}


@pytest.mark.parametrize("case", CASES)
async def test_both_probers_tell_the_truth(
    case: str, probers: dict[str, Prober], tmp_path: Path
) -> None:
    make, fact, expected = CASES[case]
    clip = make(tmp_path)
    answers = [await prober.probe(clip) for prober in probers.values()]
    assert fact(answers[0].media_info) == expected
    assert answers[0] == answers[1]


@pytest.mark.parametrize("case", CASES)
async def test_there_are_pictures(case: str, workers: MediaWorkers, tmp_path: Path) -> None:
    clip = CASES[case][0](tmp_path)
    _, made = picture_file(os.fsencode(clip), os.fspath(tmp_path))
    assert made == (THUMBNAIL_VERSION, None)
    storyboards = LibavStoryboardMaker(workers, str(tmp_path), step_seconds=60, timeout_seconds=60)
    assert (await storyboards.make(clip, lambda _: None)).version > 0


def test_what_is_read_counts_and_not_what_is_asked_for(tmp_path: Path) -> None:
    clip = os.fsencode(odd_clips.many_fragments(tmp_path))
    facts, _ = probe_file(clip, 500_000)
    assert facts["duration_seconds"] == 60.0
    with pytest.raises(InvalidMediaError, match="would have to be read"):
        probe_file(clip, 50_000)


async def test_chapters_without_end_are_cut(probers: dict[str, Prober], tmp_path: Path) -> None:
    clip = odd_clips.many_chapters(tmp_path)
    answers = [await prober.probe(clip) for prober in probers.values()]
    assert len(answers[0].media_info.chapters) == MOST_CHAPTERS
    assert answers[0] == answers[1]


ODD_FACTS: dict[str, tuple[Callable[[MediaInfo], Any], Any]] = {
    "01_mkv_audio_tag_LANGUAGE_with_space.mkv": (language, "English (US)"),
    "02_ts_language_descriptor_three_blanks.ts": (language, None),
    "05_mvhevc_spatial_video_pq.mov": (main, ("hevc", 1934, 2160, "90")),
    "06_mvhevc_spatial_video_sdr.mov": (main, ("hevc", 1934, 2160, "90")),
    "11_mp4_audio_chunk_offset_beyond_16_TiB.mp4": (main, ("h264", 160, 120, "25")),
    "13_mkv_second_video_track_is_default.mkv": (main, ("h264", 160, 120, "10")),
    "14_mov_one_jpeg_still_before_the_video.mov": (main, ("h264", 160, 120, "10")),
    "16_h264_matrix_bt2020c.mp4": (main, ("h264", 64, 48, "10")),
    "18_mkv_audio_tag_LANGUAGE_eng.mkv": (language, "eng"),
    "25_mp4_iamf_stream_group.mp4": (lambda info: info.main_video, None),
}


@pytest.mark.skipif(ODD is None, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("name", ODD_FACTS)
async def test_odd_files_of_the_corpus(
    name: str, probers: dict[str, Prober], tmp_path: Path
) -> None:
    assert ODD
    answers = [await prober.probe(ODD / name) for prober in probers.values()]
    fact, expected = ODD_FACTS[name]
    assert fact(answers[0].media_info) == expected
    assert answers[0] == answers[1]
    if answers[0].media_info.main_video:
        _, made = picture_file(os.fsencode(ODD / name), os.fspath(tmp_path))
        assert made == (THUMBNAIL_VERSION, None)
