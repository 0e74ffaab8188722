"""The index of an MP4 or MOV file names the pictures that FFmpeg finds in the file."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clips import ffmpeg, make_clip, make_once
from tests.examples import examples

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.render.run.movie_index import read_pictures

SOURCE = [
    *"-f lavfi -i testsrc2=size=64x48:rate=25:duration=4 -f lavfi -i sine=duration=4".split(),
    *"-pix_fmt yuv420p".split(),
]
X264 = "-c:v libx264 -preset veryfast -g 25"
ENCODED = {
    "reordered.mp4": f"{X264} -bf 3",
    "in-order.mp4": f"{X264} -bf 0",
    "without-edits.mp4": f"{X264} -bf 0 -use_editlist 0",
    "index-first.mp4": f"{X264} -movflags +faststart",
    "room-for-the-index.mp4": f"{X264} -moov_size 20000",
    "open-gops.mov": f"{X264} -x264-params open-gop=1",
    "hevc.mp4": "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -tag:v hvc1",
    "av1.mp4": "-c:v libsvtav1 -preset 12 -g 25 -svtav1-params tile-rows=0",
    "mpeg4.mp4": "-c:v mpeg4 -bf 2",
    "prores.mov": "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le -c:a pcm_s16le",
    "uneven.mp4": f"{X264} -bf 2 -vf setpts=PTS+random(0)*0.01/TB -fps_mode vfr",
    "slow-clock.mp4": f"{X264} -bf 2 -video_track_timescale 90000",
    "one-picture.mp4": f"{X264} -frames:v 1",
}
COPIED = {
    "from-a-key-frame.mp4": "-ss 1",
    "without-an-end.mp4": "-t 2.37",
    "middle.mov": "-ss 2 -t 1.3",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all of them."""
    folder = tmp_path_factory.mktemp("indexes")
    make_once(folder, make_indexes)
    return folder


def make_indexes(folder: Path) -> None:
    """Make a file with each kind of index."""
    for name, encoding in ENCODED.items():
        ffmpeg(SOURCE, encoding.split(), folder / name)
    for name, part in COPIED.items():
        source = folder / "reordered.mp4"
        ffmpeg(part.split(), "-i", source, "-c", "copy", folder / name)


def packets_of(path: Path) -> list[tuple[int, bool]]:
    program = packaged_ffprobe()
    assert program
    shown = ["-show_entries", "packet=pts,flags", "-print_format", "json"]
    asked: list[str | Path] = [program, "-v", "error", "-select_streams", "v:0", *shown, path]
    document = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    return [(packet["pts"], "K" in packet["flags"]) for packet in document["packets"]]


@pytest.mark.parametrize("name", [*ENCODED, *COPIED])
def test_its_pictures_are_those_of_the_demuxer(folder: Path, name: str) -> None:
    listed, packets = read_pictures(folder / name), packets_of(folder / name)
    assert listed
    if listed.is_shifted:
        listed = listed.shifted_to(packets[:5])
    assert listed
    assert listed.pictures == packets


def test_pictures_that_begin_after_the_sound_are_put_where_they_are(folder: Path) -> None:
    path = folder / "late.mp4"
    ffmpeg(
        *("-itsoffset", "0.25", "-i", folder / "reordered.mp4", "-i", folder / "reordered.mp4"),
        *("-map", "0:v", "-map", "1:a", "-c", "copy", path),
    )
    listed, packets = read_pictures(path), packets_of(path)
    assert listed
    assert listed.is_shifted
    assert packets[0][0] > 0
    found = listed.shifted_to(packets[:3])
    assert found
    assert found.pictures == packets
    others = [(time * 2, is_key) for time, is_key in packets[:3]]
    assert listed.shifted_to(others) is None
    assert listed.shifted_to([]) is None


@pytest.mark.parametrize(
    "options",
    [
        "-c copy -movflags +frag_keyframe+empty_moov",
        "-c copy -movflags +frag_keyframe",
        "-c:v copy -an -f matroska",
        "-vn -c:a copy",
    ],
)
def test_of_other_files_it_says_nothing(folder: Path, options: str, tmp_path: Path) -> None:
    path = tmp_path / "other.mp4"
    ffmpeg("-i", folder / "reordered.mp4", options.split(), path)
    assert read_pictures(path) is None


def test_of_a_file_that_hides_pictures_it_says_nothing(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "hiding.mp4"
    ffmpeg("-ss", "1.5", "-i", folder / "reordered.mp4", "-c", "copy", "-copypriorss", "1", path)
    assert any(time < 0 for time, _ in packets_of(path)), "it hides some"
    assert read_pictures(path) is None


def altered(path: Path, box: bytes, at: int, value: bytes, target: Path) -> Path:
    """Write a file with other bytes in the first box of a kind, counted from its name."""
    data = bytearray(path.read_bytes())
    place = data.index(box, data.index(b"moov")) + at
    data[place : place + len(value)] = value
    target.write_bytes(data)
    return target


@pytest.mark.parametrize(
    ("box", "at", "value"),
    [
        (b"elst", 12, (100).to_bytes(4, "big")),  # how much is shown
        (b"elst", 20, (2**15).to_bytes(4, "big")),  # how fast
        (b"stsd", 8, (2).to_bytes(4, "big")),  # the number of ways in which pictures are stored
        (b"avc1", 0, b"vp09"),  # how they are stored
        (b"stss", 0, b"sbgp"),  # a group of samples instead of the key frames
        (b"stts", 12, (9).to_bytes(4, "big")),  # the number of durations
        (b"ctts", 16, (2**31 + 1).to_bytes(4, "big")),  # a picture long before its decoding
        (b"mvhd", 16, bytes(4)),  # ticks a second
    ],
    ids=lambda value: value if isinstance(value, int) else value[-4:].hex(),
)
def test_of_an_index_that_says_something_else_it_says_nothing(
    folder: Path, box: bytes, at: int, value: bytes, tmp_path: Path
) -> None:
    path = altered(folder / "reordered.mp4", box, at, value, tmp_path / "altered.mp4")
    assert read_pictures(path) is None


def test_pictures_whose_first_is_late_for_the_edit_list_are_put_where_they_are(
    folder: Path, tmp_path: Path
) -> None:
    edit = (10**6).to_bytes(4, "big") + (256).to_bytes(4, "big")
    path = altered(folder / "reordered.mp4", b"elst", 12, edit, tmp_path / "late.mp4")
    listed, packets = read_pictures(path), packets_of(path)
    assert listed
    assert listed.is_shifted
    found = listed.shifted_to(packets[:5])
    assert found
    assert found.pictures == packets


def test_of_a_file_that_lacks_its_end_it_says_nothing(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "index-first.mp4").read_bytes()
    path = tmp_path / "short.mp4"
    for size in (len(whole) - 1, len(whole) // 2, 100, 4, 0):
        path.write_bytes(whole[:size])
        assert read_pictures(path) is None
    # The boxes of this one are whole, and some of its pictures are beyond its end.
    place = whole.index(b"mdat") - 4
    short = len(whole) - 3000
    path.write_bytes(whole[:place] + (short - place).to_bytes(4, "big") + whole[place + 4 : short])
    assert read_pictures(path) is None


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=examples(100))
def test_of_a_damaged_index_it_says_what_it_can(changes: list[tuple[int, int]]) -> None:
    data = bytearray(make_clip("small-0.mp4").read_bytes())
    start = data.index(b"moov")
    for place, value in changes:
        data[start + place % (len(data) - start)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.mp4"
        path.write_bytes(data)
        listed = read_pictures(path)
    assert listed is None or listed.pictures
