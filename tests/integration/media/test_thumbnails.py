"""Thumbnails of real clips: which moment they show, and how they look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import av
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from tests import odd_clips
from tests.clips import make_clip

from stoat_ferret.errors import InvalidMediaError
from stoat_ferret.media import frame_choice
from stoat_ferret.media.frame_choice import KeyFrames, choose
from stoat_ferret.media.libav import opened, picture_file, probe_and_picture
from stoat_ferret.media.libav_thumbnails import make_thumbnails
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.media_info import MediaInfo
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION, PictureFiles

if TYPE_CHECKING:
    from pathlib import Path

Colour = tuple[int, ...]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def decoded(path: Path) -> av.VideoFrame:
    with av.open(path) as container:
        return next(container.decode(video=0))


def thumbnail(clip: str, folder: Path, width: int = 320) -> av.VideoFrame:
    """Make the thumbnail of a clip, and check that it is complete."""
    fingerprint, answer = picture_file(os.fsencode(make_clip(clip)), os.fspath(folder))
    assert answer == (THUMBNAIL_VERSION, None)
    return decoded(PictureFiles(os.fspath(folder)).thumbnail(fingerprint, width))


def blocks(picture: av.VideoFrame, columns: int, rows: int) -> list[Colour]:
    """Return the mean colors of the parts of a picture, row by row."""
    small = picture.reformat(
        columns,
        rows,
        "rgb24",
        src_colorspace=Colorspace.ITU601,
        src_color_range=ColorRange.MPEG,
        # Without the second one, every two columns would share their color.
        interpolation=Interpolation.AREA | Interpolation.FULL_CHR_H_INT,
    )
    plane = small.planes[0]
    lines = [bytes(plane)[row * plane.line_size :] for row in range(rows)]
    return [tuple(line[3 * c : 3 * c + 3]) for line in lines for c in range(columns)]


def is_close(one: Colour, other: Colour, tolerance: int) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def brightness(picture: av.VideoFrame) -> float:
    return sum(sum(colour) / 3 for colour in blocks(picture, 8, 8)) / 64


@pytest.mark.parametrize(
    ("clip", "corners"),
    [
        ("corners.mp4", (RED, GREEN, BLUE, WHITE)),
        ("corners-90.mp4", (BLUE, RED, WHITE, GREEN)),
        ("corners-180.mp4", (WHITE, BLUE, GREEN, RED)),
        ("corners-270.mp4", (GREEN, WHITE, RED, BLUE)),
        ("corners-mirrored.mp4", (GREEN, RED, WHITE, BLUE)),
    ],
)
def test_a_turned_video_is_the_right_way_up(
    clip: str, corners: tuple[Colour, ...], tmp_path: Path
) -> None:
    seen = blocks(thumbnail(clip, tmp_path), 2, 2)
    for colour, expected in zip(seen, corners, strict=True):
        assert is_close(colour, expected, 12), seen


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        ("h264.mp4", (320, 240)),
        ("rotated.mp4", (240, 320)),
        ("anamorphic.mp4", (320, 180)),
        ("mpeg2.ts", (320, 180)),
        ("wide.mp4", (320, 180)),
    ],
)
def test_pixels_are_square_and_nothing_is_enlarged(
    clip: str, size: tuple[int, int], tmp_path: Path
) -> None:
    picture = thumbnail(clip, tmp_path)
    assert (picture.width, picture.height) == size


def test_a_larger_one_is_made_of_a_larger_video_only(tmp_path: Path) -> None:
    picture = thumbnail("wide.mp4", tmp_path, 640)
    assert (picture.width, picture.height) == (640, 360)
    thumbnail("h264.mp4", tmp_path)
    assert len(list(tmp_path.rglob("*-640.webp"))) == 1


@pytest.mark.parametrize(
    "clip", ["black-then-picture.mp4", "black-then-picture-one-key.mp4", "fade-in.mp4"]
)
def test_neither_black_nor_a_fade_is_chosen(clip: str, tmp_path: Path) -> None:
    plain = brightness(thumbnail("h264.mp4", tmp_path))
    assert brightness(thumbnail(clip, tmp_path)) > 0.6 * plain


def test_of_a_black_video_there_is_a_black_picture(tmp_path: Path) -> None:
    assert brightness(thumbnail("black.mp4", tmp_path)) < 4


@pytest.mark.parametrize("clip", ["shades-pq.mp4", "shades-hlg.mp4"])
def test_high_range_looks_as_ordinary_range_does(clip: str, tmp_path: Path) -> None:
    ordinary = blocks(thumbnail("shades.mp4", tmp_path), 8, 1)
    mapped = blocks(thumbnail(clip, tmp_path), 8, 1)
    for one, other in zip(ordinary, mapped, strict=True):
        assert is_close(one, other, 26), (ordinary, mapped)


@pytest.mark.parametrize(
    ("matrix", "transfer"),
    [
        *(("ycgco", "709"), ("ycgco", "smpte2084")),
        *(("ictcp", "smpte2084"), ("ictcp", "arib-std-b67")),
    ],
)
def test_colours_of_every_matrix_look_as_they_should(
    matrix: str, transfer: str, tmp_path: Path
) -> None:
    ordinary = blocks(thumbnail("shades.mp4", tmp_path), 8, 1)
    clip = odd_clips.of_matrix(matrix, transfer)(tmp_path)
    fingerprint, answer = picture_file(os.fsencode(clip), os.fspath(tmp_path))
    assert answer == (THUMBNAIL_VERSION, None)
    drawn = decoded(PictureFiles(os.fspath(tmp_path)).thumbnail(fingerprint, 320))
    for colour, expected in zip(blocks(drawn, 8, 1), ordinary, strict=True):
        assert is_close(colour, expected, 20), (colour, expected)


@pytest.mark.parametrize(
    "clip",
    [
        *("short.mp4", "one-frame.mp4", "variable-rate.mp4", "raw.h264", "transparent.mov"),
        *("damaged.mp4", "truncated.mkv", "truncated-faststart.mp4", "interlaced.mp4"),
        *("prores.mov", "mpegts.ts", "fragmented.mp4", "vp9.webm", "av1.mkv", "dolby-vision.mp4"),
    ],
)
def test_whatever_can_be_decoded_has_a_picture_that_shows_something(
    clip: str, tmp_path: Path
) -> None:
    seen = blocks(thumbnail(clip, tmp_path), 8, 8)
    assert max(map(max, seen)) - min(map(min, seen)) > 100


def probed(clip: str, folder: Path) -> tuple[MediaInfo, tuple[int, str | None]]:
    steps = probe_and_picture(os.fsencode(make_clip(clip)), os.fspath(folder))
    facts, _ = next(steps)
    with pytest.raises(StopIteration) as end:
        next(steps)
    return MediaInfo.model_validate(facts), end.value.value


def test_a_song_has_no_picture(tmp_path: Path) -> None:
    info, answer = probed("cover.m4a", tmp_path)
    assert info.main_video is None
    assert answer == (0, None)
    assert not list(tmp_path.iterdir())


def test_facts_and_picture_come_from_one_opened_file(tmp_path: Path) -> None:
    info, answer = probed("wide.mp4", tmp_path)
    assert info.main_video
    assert answer == (THUMBNAIL_VERSION, None)
    assert len(list(tmp_path.rglob("*.webp"))) == 2


def test_what_was_found_before_the_bound_on_reading_is_taken() -> None:
    path = os.fsencode(make_clip("fade-in.mp4"))
    with MediaFile(path) as file, opened(file) as container:
        frames = KeyFrames(container, container.streams.video[0])

        def draw_and_read_no_more(frame: av.VideoFrame) -> av.VideoFrame:
            file.allow(-1)
            return frame

        assert choose(frames, 4.0, draw_and_read_no_more)


def test_the_same_content_is_not_decoded_twice(tmp_path: Path) -> None:
    thumbnail("h264.mp4", tmp_path)
    (made,) = tmp_path.rglob("*.webp")
    written = made.stat().st_mtime_ns, made.stat().st_ino
    thumbnail("h264.mp4", tmp_path)
    assert (made.stat().st_mtime_ns, made.stat().st_ino) == written


def test_what_cannot_be_opened_has_no_picture(tmp_path: Path) -> None:
    _, answer = picture_file(os.fsencode(make_clip("text.mp4")), os.fspath(tmp_path))
    assert answer == (-THUMBNAIL_VERSION, None)
    with pytest.raises(InvalidMediaError):
        next(probe_and_picture(os.fsencode(make_clip("text.mp4")), os.fspath(tmp_path)))


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "thumbnails").write_text("a file where a folder should be")
    _, (version, problem) = picture_file(os.fsencode(make_clip("h264.mp4")), os.fspath(tmp_path))
    assert version == 0
    assert problem == "Not a directory"


def test_no_part_of_a_picture_is_left_behind(tmp_path: Path) -> None:
    thumbnail("wide.mp4", tmp_path)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".webp"] * 2


def test_what_does_not_decode_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clip = odd_clips.undecodable(tmp_path)
    monkeypatch.setattr(frame_choice, "_STUCK_SECONDS", 0.02)
    with MediaFile(os.fsencode(clip)) as file, opened(file) as container:
        answer = make_thumbnails(file, container, os.fspath(tmp_path), "0" * 40)
        assert answer == (-THUMBNAIL_VERSION, None)
        assert file.bytes_read < file.size_bytes / 2
