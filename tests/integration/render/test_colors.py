"""Colors come out as they were: high dynamic range, color matrices and transparency."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import av
import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered
from tests.integration.render.test_cuts import DRAFT, clip
from tests.integration.render.test_presets import described

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.source import Source

PARAMETERS = (
    "log-level=error:open-gop=0:hdr10=1:max-cll=1000,400"
    ":colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)
BRIGHT = (
    f"-c:v libx265 -preset ultrafast -g 10 -pix_fmt yuv420p10le -x265-params {PARAMETERS}"
).split()
TWO = [clip("bright", 1, 1.2), clip("bright", 1.4, 1.6)]


@pytest.fixture(scope="module")
def bright(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a file of HDR10 whose first picture alone has the static metadata."""
    path = tmp_path_factory.mktemp("bright") / "bright.mp4"
    return source_of(make_numbered(ffmpeg, path, *BRIGHT, frames=45))


@pytest.mark.parametrize(
    ("preset", "options", "pieces"),
    [
        ("archive", {}, [clip("bright", 1, 1.4)]),
        ("archive", {}, TWO),
        ("archive", {"video_codec": "av1"}, [clip("bright", 1, 1.4)]),
        ("prores", {}, [clip("bright", 1, 1.4)]),
        ("smart-cut", {}, [clip("bright", 0.2, 1.4)]),
    ],
)
def test_the_mastering_display_is_kept(
    runner: PlanRunner, bright: Source, preset: str, options: dict[str, Any], pieces: Any
) -> None:
    assert bright.hdr_metadata
    assert bright.hdr_metadata.light == (1000, 400)
    [(path, _)] = runner.render(
        Materials({"bright": bright}), preset=preset, clips=pieces, options={**DRAFT, **options}
    )
    assert source_of(path).hdr_metadata == bright.hdr_metadata
    (video,) = (one for one in described(path)["streams"] if one["codec_type"] == "video")
    assert video["color_transfer"] == "smpte2084"


PATCHES = ((191, 191, 191), (191, 191, 0), (0, 191, 0), (191, 0, 0), (0, 0, 191), (150, 120, 110))
"""Red, green and blue of the columns of a picture."""
COLUMN, HEIGHT = 32, 32
WIDTH = COLUMN * len(PATCHES)
LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
NAMES = {"bt601": "smpte170m", "bt709": "bt709", "bt2020": "bt2020nc"}
TO_BT709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))
"""From the primaries of BT.2020; ITU-R BT.2087."""
LOSSLESS = "-c:v libx264 -qp 0 -preset ultrafast".split()
FFV1 = ["-c:v", "ffv1"]
GRAY = "-c:v libx265 -preset ultrafast -pix_fmt gray -x265-params lossless=1:log-level=error"


def codes(color: Any, matrix: str, *, full: bool = False, depth: int = 8) -> tuple[int, int, int]:
    """Return the code values of a color; ITU-R BT.601, BT.709, BT.2020."""
    red, green, blue = (part / 255 for part in color)
    of_red, of_blue = LUMA[matrix]
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    chroma = ((blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red))
    step = 2 ** (depth - 8)
    if full:
        most = 2**depth - 1
        return (round(luma * most), *(round(part * most + 128 * step) for part in chroma))
    return (round((16 + 219 * luma) * step), *(round((128 + 224 * c) * step) for c in chroma))


def in_bt709(color: Any) -> list[float]:
    """Return a color with the primaries of BT.2020 in those of BT.709."""
    light = [((part / 255 + 0.099) / 1.099) ** (1 / 0.45) for part in color]
    mapped = [sum(a * b for a, b in zip(row, light, strict=True)) for row in TO_BT709]
    return [255 * (1.099 * part**0.45 - 0.099) for part in mapped]


def make_patches(
    ffmpeg: Path, path: Path, pixel_format: str, matrix: str, *encoding: str, full: bool = False
) -> Path:
    """Write two frames with the patches, in a planar format with half the chroma, or in RGB."""
    if pixel_format == "rgb24":
        frame = b"".join(bytes(color) * COLUMN for color in PATCHES) * HEIGHT
    else:
        depth = 10 if "10" in pixel_format else 8
        columns = [codes(color, matrix, full=full, depth=depth) for color in PATCHES]
        planes = [
            b"".join(
                column[plane].to_bytes(depth // 8 + depth % 8 // 2, "little") * (COLUMN // size)
                for column in columns
            )
            * (HEIGHT // size)
            for plane, size in ((0, 1), (1, 2), (2, 2))
        ]
        frame = planes[0] if pixel_format == "gray" else b"".join(planes)
    tags = f"range={'pc' if full else 'tv'}:colorspace={NAMES[matrix]}"
    if matrix == "bt2020":
        tags += ":color_primaries=bt2020:color_trc=bt2020-10"
    subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-nostdin", "-y", "-f", "rawvideo"),
            *("-pix_fmt", pixel_format, "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "pipe:0"),
            *(["-vf", f"setparams={tags}"] if pixel_format.startswith("yuv") else []),
            *(*encoding, str(path)),
        ],
        input=frame * 2,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return path


def columns_of(ffmpeg: Path, path: Path, pixel_format: str) -> list[tuple[int, ...]]:
    """Return the three components in the middle of each column of the first picture.

    `pixel_format` has as many bytes for each: `yuv444p` or `gbrp`.
    """
    with av.open(path) as file:
        width, height = file.streams.video[0].width, file.streams.video[0].height
    exact = "scale=flags=neighbor+accurate_rnd+full_chroma_int"
    raw = subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-nostdin", "-i", str(path), "-frames:v", "1"),
            *("-vf", f"{exact},format={pixel_format}", "-f", "rawvideo", "-"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    size = width * height
    places = (width * (2 * column + 1) // (2 * len(PATCHES)) for column in range(len(PATCHES)))
    row = width * (height // 2)
    return [tuple(raw[plane * size + row + x] for plane in range(3)) for x in places]


@pytest.mark.parametrize(
    ("pixel_format", "matrix", "encoding", "full"),
    [
        ("yuv420p", "bt601", FFV1, False),
        ("yuvj420p", "bt601", LOSSLESS, True),
        ("yuv420p10le", "bt601", FFV1, False),
        ("yuv420p10le", "bt709", FFV1, True),
        ("yuv420p10le", "bt2020", FFV1, False),
        ("gray", "bt709", GRAY.split(), False),
        ("gray", "bt709", FFV1, True),
        ("rgb24", "bt709", [*FFV1, "-pix_fmt", "bgr0"], True),
    ],
)
def test_colors_are_converted_exactly(
    runner: PlanRunner,
    tmp_path: Path,
    pixel_format: str,
    matrix: str,
    encoding: list[str],
    full: bool,
) -> None:
    source = make_patches(
        runner.ffmpeg, tmp_path / "source.mkv", pixel_format, matrix, *encoding, full=full
    )
    materials = Materials({"a": source_of(source)})
    for options in ({}, {"width": WIDTH * 3 // 4, "height": HEIGHT * 3 // 4}):
        [(path, _)] = runner.render(
            materials,
            preset="archive",
            clips=[clip("a")],
            options={"video_codec": "ffv1", **options},
        )
        found = columns_of(runner.ffmpeg, path, "yuv444p")
        for color, shown in zip(PATCHES, found, strict=True):
            expected = list(codes(color, "bt709"))
            if matrix == "bt2020":
                if color not in {PATCHES[0], PATCHES[-1]}:
                    continue  # outside of BT.709
                expected = list(codes(in_bt709(color), "bt709"))
            if pixel_format == "gray":
                expected[1:] = 128, 128
            assert shown == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("container", ["png", "jpg", "webp"])
def test_images_have_the_colors_of_the_video(
    runner: PlanRunner, tmp_path: Path, container: str
) -> None:
    source = make_patches(runner.ffmpeg, tmp_path / "source.mkv", "yuv420p", "bt709", *FFV1)
    options: dict[str, Any] = {"container": container}
    if container == "jpg":
        options["quality"] = 1
    [(path, _)] = runner.render(
        Materials({"a": source_of(source)}), preset="stills", clips=[clip("a")], options=options
    )
    found = columns_of(runner.ffmpeg, path, "gbrp")
    for (red, green, blue), shown in zip(PATCHES, found, strict=True):
        assert shown == pytest.approx((green, blue, red), abs=3)


@pytest.fixture(scope="module")
def transparent(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Make clips that are red on the left; on the right is green, with full transparency."""
    folder = tmp_path_factory.mktemp("transparent")
    encodings = {
        "vp9.webm": "-c:v libvpx-vp9 -pix_fmt yuva420p -crf 4 -cpu-used 8",
        "vp8.webm": "-c:v libvpx -pix_fmt yuva420p -auto-alt-ref 0 -b:v 1M",
        "prores.mov": "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le",
        "qtrle.mov": "-c:v qtrle -pix_fmt argb",
    }
    frame = (b"\xff\0\0\xff" * 32 + b"\0\xff\0\0" * 32) * 64
    for name, encoding in encodings.items():
        subprocess.run(
            [
                *(str(ffmpeg), "-v", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", "rgba"),
                *("-s", "64x64", "-r", "25", "-i", "pipe:0", *encoding.split(), str(folder / name)),
            ],
            input=frame * 5,
            check=True,
            capture_output=True,
            timeout=60,
        )
    return Materials({name: source_of(folder / name) for name in encodings})


def left_and_right(ffmpeg: Path, path: Path, *decoder: str) -> tuple[bytes, bytes]:
    """Return red, green, blue and alpha in the middle of each half of the first picture."""
    raw = subprocess.run(
        [
            *(str(ffmpeg), "-v", "error", "-nostdin", *decoder, "-i", str(path)),
            *("-frames:v", "1", "-vf", "scale=64:64,format=rgba", "-f", "rawvideo", "-"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    middle = 4 * 64 * 32
    return raw[middle + 4 * 16 :][:4], raw[middle + 4 * 48 :][:4]


@pytest.mark.parametrize("source", ["vp9.webm", "vp8.webm", "prores.mov", "qtrle.mov"])
def test_transparent_parts_are_black_where_they_are_not_stored(
    runner: PlanRunner, transparent: Materials, source: str
) -> None:
    plan = runner.plan(transparent, preset="web-720p", clips=[clip(source)], options=DRAFT)
    assert plan.notes[0].startswith(f"The transparency of video {source} is shown over black.")
    [(path, _)] = runner.run(plan)
    left, right = left_and_right(runner.ffmpeg, path)
    assert tuple(left) == pytest.approx((255, 0, 0, 255), abs=8)
    assert tuple(right) == pytest.approx((0, 0, 0, 255), abs=8)


@pytest.mark.parametrize(
    ("preset", "options", "decoder"),
    [
        ("prores", {}, ()),
        ("web-720p", {"container": "webm"}, ("-c:v", "libvpx-vp9")),
        ("gif", {}, ()),
        ("webp", {}, ()),
        ("stills", {}, ()),
        ("stills", {"container": "webp"}, ()),
    ],
)
def test_transparent_parts_are_kept_where_they_are_stored(
    runner: PlanRunner,
    transparent: Materials,
    preset: str,
    options: dict[str, Any],
    decoder: tuple[str, ...],
) -> None:
    plan = runner.plan(transparent, preset=preset, clips=[clip("vp9.webm")], options=options)
    assert plan.notes[0].startswith("The transparency of video vp9.webm is kept in ")
    [(path, _)] = runner.run(plan)
    left, right = left_and_right(runner.ffmpeg, path, *decoder)
    assert tuple(left) == pytest.approx((255, 0, 0, 255), abs=12)
    assert right[3] == 0
