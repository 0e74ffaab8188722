"""Clips for the tests, made by a real ffmpeg once and cached for each user."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg

CACHE_VERSION = "1"

Recipe = Callable[[Path, Path], None]
"""Writes the clip to the first path; the second is an empty folder to work in."""


def clip_names() -> list[str]:
    """Return the names of the clips that differ in their content."""
    return list(_RECIPES)


def make_clip(name: str) -> Path:
    """Return the clip called `name`; make it if it is not in the cache.

    The file is shared by every test of this user: read it, copy it, never write to it.
    """
    target = cache_folder() / _version() / name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            work = Path(folder) / "work"
            work.mkdir()
            made = Path(folder) / name
            (_RECIPES | _RECIPES_OF_PICTURES)[name](made, work)
            # Two test runs may make the same clip: each is complete, and the last one stays.
            made.replace(target)
    return target


def small_clips(folder: Path, count: int) -> list[Path]:
    """Make `count` clips in `folder`, 320x240 and 2 s each, every one with its own content.

    A few are encoded; the others are copies of those with a `free` box at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = [make_clip(f"small-{number}.mp4").read_bytes() for number in range(_SMALL)]
    clips = [folder / f"clip-{number:04d}.mp4" for number in range(count)]
    for number, clip in enumerate(clips):
        clip.write_bytes(sources[number % _SMALL] + _box(b"free", b"clip %d" % number))
    return clips


def make_once(target: Path, make: Callable[[Path], None]) -> None:
    """Fill the folder `target` with the files that `make` writes into the folder it is given.

    They are made once for each user and version of the module of `make`, and copied from then on.
    """
    source = Path(make.__code__.co_filename)
    digest = hashlib.blake2b(f"{make.__name__} {_version()}".encode(), digest_size=8)
    digest.update(source.read_bytes())
    kept = cache_folder() / f"{source.stem}-{digest.hexdigest()}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            made = Path(folder) / "made"
            made.mkdir()
            make(made)
            with suppress(OSError):  # another test run has made the same meanwhile
                made.rename(kept)
    for file in kept.iterdir():
        shutil.copyfile(file, target / file.name)


def ffmpeg(*arguments: str | Path | list[str]) -> None:
    """Run the packaged ffmpeg; a list among the arguments is flattened."""
    program = packaged_ffmpeg()
    assert program, "the extra `ffmpeg` is not installed"
    flat = [part for a in arguments for part in (a if isinstance(a, list) else [a])]
    result = subprocess.run(
        [program, "-v", "error", "-nostdin", "-y", *flat],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stderr


@cache
def cache_folder() -> Path:
    """Return the folder that keeps the clips of this user between test runs."""
    folder = Path(tempfile.gettempdir()) / f"stoat-ferret-clips-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    assert folder.stat().st_uid == os.getuid(), f"{folder} belongs to someone else"
    return folder


@cache
def _version() -> str:
    """Return a version that changes with the recipes, all in this file, and with ffmpeg."""
    source = Path(__file__).read_bytes() + str(packaged_ffmpeg()).encode()
    return f"{CACHE_VERSION}-{hashlib.blake2b(source, digest_size=8).hexdigest()}"


# Sources and codecs --------------------------------------------------------------------------


def _picture(size: str = "320x240", rate: str = "25", seconds: float = 2) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def _sound(hertz: int = 440, seconds: float = 2) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=frequency={hertz}:sample_rate=48000:duration={seconds}"]


def _silence(seconds: float) -> list[str]:
    """Return sound that AAC encodes in a fifteenth of the time that a tone takes."""
    return ["-f", "lavfi", "-i", f"anullsrc=sample_rate=48000:duration={seconds}"]


_H264 = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p".split()
_AAC = "-c:a aac -b:a 64k".split()
_REPEATABLE = "-fflags +bitexact".split()
_BT709 = ["-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"]


def _encode(*arguments: str | list[str]) -> Recipe:
    """Return a recipe that is one run of `ffmpeg`."""

    def write(target: Path, work: Path) -> None:
        ffmpeg(*arguments, _REPEATABLE, target)

    return write


def _tracks(target: Path, work: Path) -> None:
    subtitles = work / "subtitles.srt"
    subtitles.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n\n")
    chapters = work / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\ntitle=Two voices\nARTIST=Nobody\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Opening\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Ending\n"
    )
    ffmpeg(
        [*_picture(), *_sound(), *_sound(880)],
        *("-i", subtitles, "-i", subtitles, "-i", chapters),
        "-map 0 -map 1 -map 2 -map 3 -map 4 -map_metadata 5 -map_chapters 5".split(),
        [*_H264, "-c:a:0", "aac", "-c:a:1", "libopus", "-ac:a:1", "2", "-c:s", "srt"],
        "-metadata:s:v:0 language=eng -metadata:s:a:0 language=eng".split(),
        "-metadata:s:a:1 language=fra -metadata:s:s:0 language=eng".split(),
        ["-metadata:s:a:1", "title=Commentaire", "-metadata:s:s:1", "language=deu"],
        ["-metadata:s:s:1", "title=Erzwungen"],
        "-disposition:s:0 default -disposition:s:1 forced".split(),
        _REPEATABLE,
        target,
    )


def _rotated(degrees_clockwise: int) -> Recipe:
    def write(target: Path, work: Path) -> None:
        # ffmpeg counts anti-clockwise here.
        turn = ["-display_rotation", str(-degrees_clockwise)]
        ffmpeg(turn, "-i", make_clip("h264.mp4"), "-c", "copy", _REPEATABLE, target)

    return write


def _cover(target: Path, work: Path) -> None:
    # Not PNG: the packaged ffprobe cannot read it.
    picture = work / "cover.jpg"
    ffmpeg(_picture("64x64", "1", 1), "-frames:v", "1", picture)
    ffmpeg(
        *(_sound(), "-i", picture, "-map", "0", "-map", "1", _AAC, "-c:v", "copy"),
        ["-disposition:v:0", "attached_pic", "-metadata", "title=A song"],
        _REPEATABLE,
        target,
    )


_CORNERS = "red green blue white".split()
"""The colors of `corners.mp4`: the upper two and the lower two, each from the left."""


def _corners(*arguments: str) -> Recipe:
    sources = [f"color={colour}:size=160x120:rate=25:duration=1" for colour in _CORNERS]
    inputs = [part for source in sources for part in ("-f", "lavfi", "-i", source)]
    stack = ["-filter_complex", "xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0"]
    return _encode(inputs, stack, _H264, list(arguments))


def _turned(*arguments: str) -> Recipe:
    """Return a recipe for the corners with a display matrix."""

    def write(target: Path, work: Path) -> None:
        ffmpeg([*arguments, "-i", str(make_clip("corners.mp4"))], "-c", "copy", target)

    return write


def _after_black(*arguments: str) -> Recipe:
    """Return a recipe for three seconds of black followed by two seconds of a test pattern."""
    black = ["-f", "lavfi", "-i", "color=black:size=320x240:rate=25:duration=3"]
    return _encode([*black, *_picture()], "-filter_complex", "concat", _H264, list(arguments))


def _key_each_second(size: str) -> Recipe:
    """Return a recipe for four seconds that every browser plays."""
    codecs = "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -c:a libopus -b:v 300k".split()
    return _encode([*_picture(size, seconds=4), *_sound(seconds=4)], codecs)


def _damaged_in_the_middle(target: Path, work: Path) -> None:
    data = bytearray(make_clip("h264.mp4").read_bytes())
    start = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 4
    data[start : start + len(data) // 4] = bytes(len(data) // 4)
    target.write_bytes(data)


# High dynamic range --------------------------------------------------------------------------

_MASTERING = (
    "repeat-headers=1:hdr10=1:max-cll=1000,400:log-level=none:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)


def _hevc(transfer: str, parameters: str = "log-level=none") -> list[str]:
    colours = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    return [
        *[*_picture(seconds=1), "-vf", colours, "-c:v", "libx265", "-preset", "ultrafast"],
        *["-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-x265-params", parameters],
    ]


def _shades(transfer: str | None) -> Recipe:
    """Return a recipe for the same colors in SDR, or in HDR with paper white as in BT.2408."""
    colours = "0x404040 0x808080 0xa0a0a0 0xa04040 0x40a040 0x4040a0 0x906020 0x202020".split()
    sources = [f"color={colour}:size=80x60:rate=25:duration=0.4" for colour in colours]
    inputs = [part for source in sources for part in ("-f", "lavfi", "-i", source)]
    chain = [
        "hstack=inputs=8,scale=out_color_matrix=bt709:out_range=tv,format=yuv444p",
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
    ]
    codec = _H264
    if transfer:
        chain += [
            "zscale=transfer=linear:npl=203,format=gbrpf32le",
            f"zscale=primaries=bt2020:transfer={transfer}:matrix=bt2020nc:range=tv:npl=203",
            "format=yuv420p10le",
        ]
        codec = "-c:v libx265 -preset ultrafast -x265-params log-level=none".split()
    return _encode(inputs, "-filter_complex", ",".join(chain), codec)


def _hdr10_plus(target: Path, work: Path) -> None:
    metadata = work / "hdr10plus.json"
    metadata.write_text(json.dumps(_dynamic_metadata(frames=25)))
    # The encoder splits its parameters at colons and takes the name as it is.
    parameters = f"{_MASTERING}:dhdr10-info={metadata}"
    ffmpeg(_hevc("smpte2084", parameters), _REPEATABLE, target)


def _dynamic_metadata(frames: int) -> dict[str, object]:
    """Return SMPTE ST 2094-40 metadata in the form that the encoder reads."""
    levels = {"DistributionIndex": [1, 5, 10, 25, 50, 75, 90, 95, 99]}
    levels["DistributionValues"] = list(range(9))
    scene = {
        "BezierCurveData": {
            "Anchors": [102, 205, 307, 410, 512, 614, 717, 819, 922],
            "KneePointX": 0,
            "KneePointY": 0,
        },
        "LuminanceParameters": {
            "AverageRGB": 1037,
            "LuminanceDistributions": levels,
            "MaxScl": [100, 200, 300],
        },
        "NumberOfWindows": 1,
        "TargetedSystemDisplayMaximumLuminance": 400,
        "SceneId": 0,
    }
    return {
        "JSONInfo": {"HDR10plusProfile": "B", "Version": "1.0"},
        "SceneInfo": [
            {**scene, "SceneFrameIndex": number, "SequenceFrameIndex": number}
            for number in range(frames)
        ],
        "SceneInfoSummary": {"SceneFirstFrameIndex": [0], "SceneFrameNumbers": [frames]},
        "ToolInfo": {"Tool": "tests", "Version": "1"},
    }


def _dolby_vision(target: Path, work: Path) -> None:
    """Write an HDR10 clip whose sample entry also holds a Dolby Vision configuration (8.1)."""
    data = bytearray(make_clip("hdr10.mp4").read_bytes())
    configuration = _box(b"dvvC", bytes([1, 0, 8 << 1, 1 << 3 | 0b101, 1 << 4]) + bytes(19))
    entry = data.index(b"hvc1", data.index(b"stsd")) - 4
    end = entry + int.from_bytes(data[entry : entry + 4], "big")
    # The index is behind the media data, so that no offset into it moves.
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"hvc1"):
        start = data.index(kind, data.index(b"moov")) - 4
        size = int.from_bytes(data[start : start + 4], "big") + len(configuration)
        data[start : start + 4] = size.to_bytes(4, "big")
    data[end:end] = configuration
    target.write_bytes(data)


def _box(kind: bytes, content: bytes) -> bytes:
    """Return a box of an MP4 file."""
    return (8 + len(content)).to_bytes(4, "big") + kind + content


# Broken files --------------------------------------------------------------------------------


def _first_part(name: str, share: float) -> Recipe:
    def write(target: Path, work: Path) -> None:
        data = make_clip(name).read_bytes()
        target.write_bytes(data[: int(len(data) * share)])

    return write


def _content(data: bytes) -> Recipe:
    def write(target: Path, work: Path) -> None:
        target.write_bytes(data)

    return write


_SMALL = 4

_RECIPES: dict[str, Recipe] = {
    "h264.mp4": _encode(
        [*_picture(), *_sound(), *_BT709, *_H264, *_AAC], "-metadata", "title=A test"
    ),
    "rotated.mp4": _rotated(90),
    "upside-down.mp4": _rotated(180),
    "rotated-270.mov": _rotated(270),
    "faststart.mp4": _encode([*_picture(), *_sound(), *_H264, *_AAC, "-movflags", "+faststart"]),
    "fragmented.mp4": _encode(
        [*_picture(), *_sound(), *_H264, *_AAC], "-movflags", "frag_keyframe+empty_moov"
    ),
    "tracks.mkv": _tracks,
    "vp9.webm": _encode(
        [*_picture(), *_sound()],
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p".split(),
        "-c:a libopus -b:a 48k".split(),
    ),
    "av1.mp4": _encode(
        _picture(seconds=1),
        "-c:v libsvtav1 -preset 11 -pix_fmt yuv420p -svtav1-params progress=0".split(),
    ),
    "av1.mkv": _encode(
        _picture(seconds=1),
        "-c:v libsvtav1 -preset 11 -pix_fmt yuv420p10le -svtav1-params progress=0".split(),
    ),
    "hdr10.mp4": _encode(_hevc("smpte2084", _MASTERING)),
    "hdr10.mkv": _encode(_hevc("smpte2084", _MASTERING)),
    "hdr10plus.mp4": _hdr10_plus,
    "hlg.mp4": _encode(_hevc("arib-std-b67")),
    "dolby-vision.mp4": _dolby_vision,
    "mpegts.ts": _encode([*_picture(), *_sound(), *_H264, *_AAC]),
    "mpeg2.ts": _encode(
        [*_picture("720x576", "50"), *_sound()],
        "-vf setsar=64/45,interlace -c:v mpeg2video -flags +ilme+ildct -c:a mp2".split(),
    ),
    "mpeg4.avi": _encode([*_picture(), *_sound()], "-c:v mpeg4 -c:a libmp3lame".split()),
    "prores.mov": _encode(
        [*_picture(seconds=1), *_sound(seconds=1)],
        "-c:v prores_ks -profile:v standard -pix_fmt yuv422p10le -c:a pcm_s16le".split(),
    ),
    "variable-rate.mp4": _encode(
        _picture(rate="30"), "-vf", "select='lt(n,30)+not(mod(n,5))'", "-fps_mode", "vfr", _H264
    ),
    "ntsc.mp4": _encode(_picture(rate="30000/1001"), _H264),
    "anamorphic.mp4": _encode(_picture("720x480"), "-vf", "setsar=32/27", _H264),
    "interlaced.mp4": _encode(
        _picture(rate="50"), "-vf", "interlace", _H264, "-flags", "+ilme+ildct"
    ),
    "audio.m4a": _encode([*_sound(), *_AAC], "-metadata", "title=Only sound"),
    "audio.mp4": _encode([*_sound(), *_AAC]),
    "cover.m4a": _cover,
    "zero.mp4": _content(b""),
    "text.mp4": _content(b"This is a text that someone called a film.\n" * 40),
    "truncated.mp4": _first_part("h264.mp4", 0.5),
    "truncated.mkv": _first_part("tracks.mkv", 0.5),
    "truncated-faststart.mp4": _first_part("faststart.mp4", 0.5),
    **{
        f"small-{number}.mp4": _encode(_picture(rate=str(25 - number)), _sound(440 + number), _H264)
        for number in range(_SMALL)
    },
}

_RECIPES_OF_PICTURES: dict[str, Recipe] = {
    "corners.mp4": _corners(),
    "corners-90.mp4": _turned("-display_rotation", "-90"),
    "corners-180.mp4": _turned("-display_rotation", "180"),
    "corners-270.mp4": _turned("-display_rotation", "90"),
    "corners-mirrored.mp4": _turned("-display_hflip"),
    "black-then-picture.mp4": _after_black(),
    "black-then-picture-one-key.mp4": _after_black("-g", "250"),
    "black.mp4": _encode("-f lavfi -i color=black:size=320x240:duration=1".split(), _H264),
    "fade-in.mp4": _encode(_picture(seconds=4), "-vf", "fade=in:0:75", _H264),
    "short.mp4": _encode(_picture(seconds=0.2), _H264),
    "long.mp4": _encode([*_picture("96x72", "24", 200), *_silence(200), *_H264, *_AAC]),
    "one-frame.mp4": _encode(_picture(), "-frames:v", "1", _H264),
    "raw.h264": _encode(_picture(), _H264),
    "wide.mp4": _encode(_picture("1280x720", seconds=1), _H264),
    "transparent.mov": _encode(_picture(seconds=1), "-c:v qtrle -pix_fmt argb".split()),
    "shades.mp4": _shades(None),
    "shades-pq.mp4": _shades("smpte2084"),
    "shades-hlg.mp4": _shades("arib-std-b67"),
    "damaged.mp4": _damaged_in_the_middle,
    "key-each-second.webm": _key_each_second("320x240"),
    "key-each-second-upright.webm": _key_each_second("240x320"),
}
"""Clips that differ in how they look."""
