"""Valid files of unusual kinds, each made where it is needed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.clips import ffmpeg, make_clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Maker = Callable[[Path], Path]

_H264 = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p".split()


def picture(size: str = "160x120", rate: str = "10", seconds: float = 2) -> list[str]:
    """Return ffmpeg's arguments for a video source."""
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def retagged(name: str, *arguments: str) -> Maker:
    """Return a maker of a copy of a clip with other metadata, in a file called `name`."""

    def make(folder: Path) -> Path:
        target = folder / name
        ffmpeg("-i", make_clip("h264.mp4"), "-map", "0", "-c", "copy", list(arguments), target)
        return target

    return make


def capitals(folder: Path) -> Path:
    """Make Matroska with a tag called LANGUAGE on its audio, which the muxer called DURATION."""
    target = retagged("capitals.mkv")(folder)
    target.write_bytes(target.read_bytes().replace(b"DURATION", b"LANGUAGE"))
    return target


def without_its_start(name: str, *options: str) -> Maker:
    """Return a maker of H.264 from its fourth picture on, in a file called `name`."""

    def make(folder: Path) -> Path:
        target, whole = folder / name, folder / f"whole-{name}"
        encoder = ["-c:v", "libx264", "-bf", "0", *options, "-pix_fmt", "yuv420p"]
        ffmpeg(picture(seconds=4), encoder, whole)
        late = ["-map", "0", "-c", "copy", "-copyinkf", "-bsf:v", "noise=drop=lt(n\\,3)"]
        ffmpeg("-i", whole, late, target)
        return target

    return make


def unknown_sound(name: str) -> Maker:
    """Return a maker of six audio channels in an unknown codec, in the container of `name`."""

    def make(folder: Path) -> Path:
        target, plain = folder / name, folder / f"plain-{name}"
        sound = ["-f", "lavfi", "-i", "anoisesrc=duration=1", "-ac", "6", "-c:a", "aac"]
        ffmpeg([*picture(seconds=1), *sound], _H264, plain)
        data = plain.read_bytes()
        if name.endswith(".avi"):
            place = data.index(b"strf", data.index(b"auds")) + 8
            data = data[:place] + b"\x34\x12" + data[place + 2 :]
        else:
            data = data.replace(b"A_AAC", b"A_FOO").replace(b"mp4a", b"zzzz")
        target.write_bytes(data)
        return target

    return make


def unknown_picture(folder: Path) -> Path:
    """Make a video stream in an unknown codec, beside one in a known codec."""
    plain, target = folder / "two.mp4", folder / "unknown-picture.mp4"
    ffmpeg([*picture("64x48"), *picture()], "-map", "0", "-map", "1", _H264, plain)
    target.write_bytes(plain.read_bytes().replace(b"avc1\0\0", b"zzzz\0\0", 1))
    data = plain.read_bytes()
    place = data.index(b"avc1", data.index(b"stsd"))
    target.write_bytes(data[:place] + b"zzzz" + data[place + 4 :])
    return target


def all_ones(folder: Path) -> Path:
    """Make a clip of a camera without a clock: the creation time is all ones."""
    target = folder / "all-ones.mp4"
    data = bytearray(make_clip("h264.mp4").read_bytes())
    place = data.index(b"mvhd") + 8
    data[place : place + 4] = b"\xff" * 4
    target.write_bytes(data)
    return target


def second_is_default(folder: Path) -> Path:
    """Make a file with a small video track first, and the default track second."""
    target = folder / "second-is-default.mkv"
    ffmpeg(
        [*picture("32x24", "1"), *picture()],
        [*("-map", "0", "-map", "1"), *_H264, "-disposition:0", "0", "-disposition:1", "default"],
        target,
    )
    return target


def still_first(name: str) -> Maker:
    """Return a maker of a file with a still that is not marked as a cover, before the video."""

    def make(folder: Path) -> Path:
        still, target = folder / "still.jpg", folder / name
        ffmpeg(picture("32x24", "1", 1), "-frames:v", "1", still)
        inputs = ["-i", str(still), *picture()]
        codecs = ["-c:v:0", "mjpeg", *_H264[1:]]
        codecs[2:2] = ["-c:v:1"]
        ffmpeg(inputs, "-map", "0", "-map", "1", codecs, "-disposition:v:0", "default", target)
        return target

    return make


def silent_first(folder: Path) -> Path:
    """Make a transport stream whose table lists a video that never comes, before one that does."""
    plain, target = folder / "two.ts", folder / "silent-first.ts"
    ffmpeg([*picture("64x48"), *picture()], "-map", "0", "-map", "1", _H264, plain)
    data = plain.read_bytes()
    packets = [data[place : place + 188] for place in range(0, len(data), 188)]
    target.write_bytes(b"".join(packet for packet in packets if _pid(packet) != 0x100))
    return target


def _pid(packet: bytes) -> int:
    return int.from_bytes(packet[1:3], "big") & 0x1FFF


def with_exif(folder: Path) -> Path:
    """Make Motion JPEG whose frames hold EXIF, as cameras and phones write it."""
    ffmpeg(picture(seconds=1), "-f", "image2", str(folder / "%02d.jpg"))
    # A TIFF header, and one entry: no rotation.
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0"
    segment = b"Exif\0\0" + tiff
    for file in folder.glob("*.jpg"):
        data = file.read_bytes()
        app1 = b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment
        file.write_bytes(data[:2] + app1 + data[2:])
    target = folder / "exif.mov"
    ffmpeg("-framerate", "10", "-i", str(folder / "%02d.jpg"), "-c", "copy", target)
    return target


def many_fragments(folder: Path, count: int = 60) -> Path:
    """Make a fragmented MP4 with `count` fragments of about 40 kB."""
    target = folder / "fragments.mp4"
    rate = "-b:v 320k -minrate 320k -maxrate 320k -bufsize 320k".split()
    ffmpeg(
        picture("160x120", "1", count),
        [*"-c:v libx264 -preset ultrafast -g 1".split(), *rate],
        ["-x264-params", "nal-hrd=cbr:filler=1"],
        ["-movflags", "frag_keyframe+empty_moov+default_base_moof"],
        target,
    )
    return target


def far_chunk(folder: Path) -> Path:
    """Make a clip whose audio has an offset beyond what file systems can seek to."""
    plain, target = folder / "co64.mp4", folder / "far.mp4"
    shutil.copy(make_clip("h264.mp4"), plain)
    data = plain.read_bytes()
    moov = data.index(b"moov") - 4
    sound = data.index(b"soun", moov)
    start = data.index(b"stco", sound) - 4
    size = int.from_bytes(data[start : start + 4], "big")
    count = (size - 16) // 4
    # Wider offsets: a longer box, and so longer boxes around it, all behind the media data.
    box = (size + 4 * count).to_bytes(4, "big") + b"co64" + bytes(4) + count.to_bytes(4, "big")
    wide = bytearray(data[:start] + box + b"\x7e\0\0\0\0\0\0\0" * count + data[start + size :])
    at = moov
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        at = moov if kind == b"moov" else wide.rindex(kind, moov, start) - 4
        grown = int.from_bytes(wide[at : at + 4], "big") + 4 * count
        wide[at : at + 4] = grown.to_bytes(4, "big")
    target.write_bytes(wide)
    return target


def index_bomb(folder: Path) -> Path:
    """Make a small MP4 whose index claims 44 million samples."""
    target = folder / "index-bomb.mp4"
    data = bytearray(make_clip("short.mp4").read_bytes())
    many = (44_000_000).to_bytes(4, "big")
    size = data.index(b"stsz") + 8
    data[size : size + 8] = (1).to_bytes(4, "big") + many
    for box, place in ((b"stts", 12), (b"stsc", 16)):
        start = data.index(box) + place
        data[start : start + 4] = many
    target.write_bytes(data)
    return target


def picture_bomb(folder: Path) -> Path:
    """Make a QuickTime file that claims 320x180, with a JPEG of 156 million pixels in it."""
    width = 12_500
    plain, target = folder / "plain.mov", folder / "bomb.mov"
    source = ["-f", "lavfi", "-i", f"color=black:size={width}x{width}"]
    ffmpeg(source, "-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", plain)
    data = plain.read_bytes()
    entry = data.index(b"jpeg", data.index(b"stsd")) + 28
    assert data[entry : entry + 4] == width.to_bytes(2, "big") * 2
    said = (320).to_bytes(2, "big") + (180).to_bytes(2, "big")
    target.write_bytes(data[:entry] + said + data[entry + 4 :])
    return target


def undecodable(folder: Path) -> Path:
    """Make frames that are slow to decode and all damaged."""
    second, plain, target = (folder / f"{name}.mov" for name in ("second", "noise", "undecodable"))
    noise = ["-vf", "noise=alls=40:allf=t", "-c:v", "png", "-pred", "none"]
    ffmpeg(picture("320x240", "25", 1), noise, second)
    ffmpeg("-stream_loop", "7", "-i", second, "-c", "copy", plain)
    data = bytearray(plain.read_bytes())
    place = data.find(b"IEND")
    while place >= 0:
        data[place - 9_000 : place - 6_000] = b"\xff" * 3_000
        place = data.find(b"IEND", place + 4)
    target.write_bytes(data)
    return target


def many_chapters(folder: Path, count: int = 20_000) -> Path:
    """Make Matroska with `count` chapters."""
    lines = [";FFMETADATA1"]
    for number in range(count):
        lines += ["[CHAPTER]", "TIMEBASE=1/100000", f"START={number}", f"END={number + 1}"]
    text, target = folder / "chapters.txt", folder / "chapters.mkv"
    text.write_text("\n".join(lines) + "\n")
    inputs = ["-i", str(make_clip("short.mp4")), "-i", str(text)]
    ffmpeg(inputs, "-map", "0", "-map_chapters", "1", "-c", "copy", target)
    return target


def of_matrix(matrix: str, transfer: str) -> Maker:
    """Return a maker of eight colors in a matrix, by its name in zimg, and a transfer."""

    def make(folder: Path) -> Path:
        target = folder / f"{matrix}-{transfer}.mkv"
        chain = ["format=gbrp"]
        if transfer != "709":
            chain += [
                "zscale=transfer=linear:npl=203,format=gbrpf32le",
                f"zscale=primaries=2020:transfer={transfer}:npl=203,format=gbrp16le",
            ]
        chain += [f"zscale=matrix={matrix}:range=tv,format=yuv444p10le"]
        ffmpeg("-i", make_clip("shades.mp4"), "-vf", ",".join(chain), "-c:v", "ffv1", target)
        return target

    return make
