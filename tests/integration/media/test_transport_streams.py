"""The duration of transport streams whose timestamps jump."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clips import ffmpeg, make_clip

from stoat_ferret.media import transport_stream
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.transport_stream import jumping_seconds

if TYPE_CHECKING:
    from stoat_ferret.media.prober import Prober

CORPUS = os.environ.get("STOAT_CORPUS")


def later(seconds: float, folder: Path, *options: str) -> bytes:
    """Make a clip of two seconds whose timestamps begin at `seconds`."""
    target = folder / f"later-{seconds}.ts"
    copied = ["-c", "copy", "-output_ts_offset", str(seconds), *options]
    ffmpeg("-i", make_clip("mpegts.ts"), copied, target)
    return target.read_bytes()


def length(data: bytes, folder: Path) -> float | None:
    target = folder / "joined.ts"
    target.write_bytes(data)
    with MediaFile(os.fsencode(target)) as file:
        return jumping_seconds(file)


@pytest.fixture(params=["all of it", "places"])
def looking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read small files whole, or sample them in a few places like large ones."""
    if request.param == "places":
        monkeypatch.setattr(transport_stream, "_WHOLE_BYTES", 0)


@pytest.mark.usefixtures("looking")
def test_times_that_go_back_or_far_forward_are_taken_out(tmp_path: Path) -> None:
    clip = make_clip("mpegts.ts").read_bytes()
    assert length(clip, tmp_path) is None
    assert length(clip + clip, tmp_path) == pytest.approx(4.0, abs=0.2)
    assert length(clip + later(5000, tmp_path), tmp_path) == pytest.approx(4.0, abs=0.2)
    assert length(later(5000, tmp_path) + clip, tmp_path) == pytest.approx(4.0, abs=0.2)
    cards = clip + later(300, tmp_path) + clip
    assert length(cards, tmp_path) == pytest.approx(6.0, abs=0.3)


@pytest.mark.usefixtures("looking")
def test_times_that_begin_again_after_26_hours_are_no_jump(tmp_path: Path) -> None:
    assert length(later(2**33 / 90_000 - 2.5, tmp_path), tmp_path) is None


@pytest.mark.usefixtures("looking")
def test_bytes_that_look_like_the_start_of_a_picture_are_none(tmp_path: Path) -> None:
    clip = bytearray(make_clip("mpegts.ts").read_bytes())
    early = b"\0\0\1\xe0\0\0\x80\xc0\x0a" + b"\x31\0\1\0\1" + b"\x11\0\1\0\1"
    counts = {False: 0, True: 0}
    for at in range(0, len(clip), 188):
        if bytes(clip[at + 1 : at + 3]) not in {b"\x41\0", b"\x01\0"}:  # of another stream
            continue
        begins = bool(clip[at + 1] & 0x40)
        # At every distance in packets that continue a picture, and at the end of the others.
        free = 188 - 4 - len(early)
        place = at + 4 + (free if begins else counts[False] % free)
        filled = clip[at + 4] + 20 if clip[at + 3] & 0x20 else 0
        if b"\0\0\1" not in clip[place - 19 : place + 19] and at + 4 + filled <= place:
            clip[place : place + len(early)] = early
            counts[begins] += 1
    assert counts[False] > 50
    assert counts[True] > 20
    assert length(bytes(clip), tmp_path) is None


def test_joined_recordings_of_a_camera(tmp_path: Path) -> None:
    clip = later(0, tmp_path, "-mpegts_m2ts_mode", "1")
    assert length(clip, tmp_path) is None
    assert length(clip + clip, tmp_path) == pytest.approx(4.0, abs=0.1)


def test_very_many_jumps(tmp_path: Path) -> None:
    clip = make_clip("mpegts.ts").read_bytes()
    assert length(clip * 40, tmp_path) == pytest.approx(80.0, abs=1)


@pytest.mark.parametrize("data", [b"", b"G" * 5000, b"G" + bytes(187), os.urandom(5000)])
def test_what_is_no_stream_has_no_length(data: bytes, tmp_path: Path) -> None:
    assert length(data, tmp_path) is None


def test_little_is_read_of_a_long_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read = 0
    peek = MediaFile.peek

    def counting(file: MediaFile, place: int, size: int) -> bytes:
        nonlocal read
        data = peek(file, place, size)
        read += len(data)
        return data

    monkeypatch.setattr(MediaFile, "peek", counting)
    target = tmp_path / "long.ts"
    noise = ["-vf", "noise=alls=60:allf=t"]
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=8"]
    codec = "-c:v libx264 -preset ultrafast -g 25 -qp 18".split()
    ffmpeg(source, noise, codec, target)
    data = target.read_bytes() * 2
    assert length(data, tmp_path) == pytest.approx(16.0, abs=0.1)
    assert read < len(data) / 3


async def test_both_probers_tell_the_length(probers: dict[str, Prober], tmp_path: Path) -> None:
    target = tmp_path / "joined.ts"
    target.write_bytes(make_clip("mpegts.ts").read_bytes() * 2)
    answers = [await prober.probe(target) for prober in probers.values()]
    info = answers[0].media_info
    assert info.duration_seconds == pytest.approx(4.0, abs=0.1)
    assert info.bit_rate == pytest.approx(info.size_bytes * 8 / 4.0, rel=0.03)
    assert answers[0] == answers[1]


@pytest.mark.skipif(CORPUS is None, reason="STOAT_CORPUS names no folder of files")
async def test_the_joined_stream_of_the_corpus(probers: dict[str, Prober]) -> None:
    assert CORPUS
    for prober in probers.values():
        probed = await prober.probe(Path(CORPUS).parent / "renders" / "BA-cat.ts")
        assert probed.media_info.duration_seconds == pytest.approx(20.0, abs=0.01)
