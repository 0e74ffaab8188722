"""Effects change pixels as their formulas say, and no other frames come out than planned."""

from __future__ import annotations

import math
import random
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import beeps, flashes, make_numbered, numbers
from tests.integration.render.test_cuts import RATE, clip

from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.request.root_file import ImageFile, LutFile
from stoat_ferret.render.request.transition import TransitionKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

WIDTH, HEIGHT = 160, 120
LEFT, RIGHT, U, V = 60, 160, 112, 148
"""The codes of the picture `step`: two levels of luma, one color."""
GREEN = (173, 42, 26)
BLUE = (32, 240, 118)
CARD = (200, 60, 30)
LOSSLESS = {"effort": "draft", "quality": 0}
PART = 4  # frames
SYNC_SECONDS = 0.02
LUT = LutFile(root="r", path="swapped.cube")
IMAGE = ImageFile(root="r", path="card.png")
SQUARE = ImageFile(root="r", path="square.png")


@dataclass(frozen=True)
class Frame:
    """A decoded frame, with 8 bits a color or more as fractions."""

    planes: tuple[list[float], list[float], list[float]]

    def y(self, x: int, y: int = HEIGHT // 2) -> float:
        return self.planes[0][y * WIDTH + x]

    def yuv(self, x: int, y: int = HEIGHT // 2) -> tuple[float, float, float]:
        place = y // 2 * (WIDTH // 2) + x // 2
        return self.y(x, y), self.planes[1][place], self.planes[2][place]


def plain_frame(luma: Callable[[int, int], int], u: int = 128, v: int = 128) -> bytes:
    picture = bytes(luma(x, y) for y in range(HEIGHT) for x in range(WIDTH))
    return picture + bytes([u] * (len(picture) // 4)) + bytes([v] * (len(picture) // 4))


def green_screen() -> bytes:
    """Return a frame whose left half is green, and whose right half is gray."""
    half, quarter = WIDTH // 2, WIDTH // 4
    rows = [bytes([GREEN[0]] * half + [120] * half) * HEIGHT]
    rows += [bytes([code] * quarter + [128] * quarter) * (HEIGHT // 2) for code in GREEN[1:]]
    return b"".join(rows)


def parts() -> dict[str, list[bytes]]:
    """Return the parts of the source: frames by what they show."""
    noise = random.Random(1)  # noqa: S311  the same noise in every run
    return {
        "step": [plain_frame(lambda x, _: LEFT if x < WIDTH // 2 else RIGHT, U, V)] * PART,
        "flat": [plain_frame(lambda *_: 160)] * PART,
        "green": [green_screen()] * PART,
        "noise": [plain_frame(lambda *_: noise.randrange(108, 133)) for _ in range(PART)],
        "ramp": [plain_frame(lambda x, _: 16 + x)] * 2 * PART,
    }


@pytest.fixture(scope="module")
def materials(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    folder = tmp_path_factory.mktemp("effects")
    raw = b"".join(frame for frames in parts().values() for frame in frames)
    shape = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", "25"]
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-g", "4"]
    tags = ["-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"]
    run(ffmpeg, [*shape, "-i", "-", *codec, *tags, folder / "parts.mp4"], raw)
    for name, width in (("card", 80), ("square", 60)):
        pixels = bytes(CARD) * width * 60
        size = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x60"]
        run(ffmpeg, [*size, "-i", "-", folder / f"{name}.png"], pixels)
    numbered = make_numbered(ffmpeg, folder / "numbered.mp4", frames=50)
    sounds = {
        # Speech from the first second on, music, noise, and a tone that begins in the middle.
        "speech": "aevalsrc='if(gt(t,1),0.5*sin(2*PI*300*t),0)':s=48000:d=2",
        "music": "aevalsrc='0.1*sin(2*PI*1000*t)':s=48000:d=2",
        "hiss": "anoisesrc=c=white:a=0.02:r=48000:d=1:seed=1",
        "click": "aevalsrc='if(gt(t,0.5),0.5*sin(2*PI*1000*t),0)':s=48000:d=1",
    }
    for name, source in sounds.items():
        run(
            ffmpeg,
            [
                "-f",
                "lavfi",
                "-i",
                f"{source},pan=stereo|c0=c0|c1=c0",
                "-c:a",
                "pcm_s16le",
                folder / f"{name}.wav",
            ],
        )
    return Materials(
        {
            "parts": source_of(folder / "parts.mp4"),
            "numbered": source_of(numbered),
            **{name: source_of(folder / f"{name}.wav") for name in sounds},
        },
        {IMAGE: str(folder / "card.png"), SQUARE: str(folder / "square.png")},
        luts={LUT: swapping_cube()},
    )


def swapping_cube() -> str:
    """Return a table that exchanges red and blue."""
    corners = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    rows = "\n".join(f"{b} {g} {r}" for r, g, b in corners)
    return f"LUT_3D_SIZE 2\n{rows}\n"


def run(ffmpeg: Path, arguments: list[Any], content: bytes = b"") -> bytes:
    command = [str(ffmpeg), "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(
        command, input=content, check=True, capture_output=True, timeout=60
    ).stdout


def part(name: str, *effects: dict[str, Any]) -> dict[str, Any]:
    """Return a clip of a part of the source."""
    start = 0
    for one, frames in parts_lengths().items():
        if one == name:
            return clip("parts", f"{start}/25", f"{start + frames}/25", effects=list(effects))
        start += frames
    raise KeyError(name)


def parts_lengths() -> dict[str, int]:
    return {"step": PART, "flat": PART, "green": PART, "noise": PART, "ramp": 2 * PART}


PAN = {"effect": "pan-zoom", "start": {"size": 0.53}, "end": {"x": 0.02, "size": 0.53}}
ZOOM = {"effect": "pan-zoom", "end": {"x": 0.5, "y": 0.25, "size": 0.5}}
KEY = {"effect": "chroma-key", "color": "#00ff00"}
DRAWN = {
    "brighter": part("step", {"effect": "adjust", "brightness": 0.1}),
    "harder": part("step", {"effect": "adjust", "contrast": 1.5}),
    "paler": part("step", {"effect": "adjust", "saturation": 0.5}),
    "swapped": part("step", {"effect": "lut", "file": {"root": "r", "path": "swapped.cube"}}),
    "blurred": part("step", {"effect": "blur", "radius": 4}),
    "sharpened": part("step", {"effect": "sharpen", "amount": 1}),
    "vignette": part("flat", {"effect": "vignette", "strength": 0.4}),
    "keyed": part("green", {**KEY, "background_color": "#0000ff"}),
    "keyed over image": part(
        "green", {**KEY, "background_image": {"root": "r", "path": IMAGE.path}}
    ),
    "noisy": part("noise"),
    "denoised": part("noise", {"effect": "denoise", "strength": 8}),
    "denoised well": part("noise", {"effect": "denoise", "method": "nlmeans", "strength": 8}),
    "panned": part("ramp", PAN),
    "zoomed": part("ramp", ZOOM),
    "two": part(
        "step", {"effect": "adjust", "brightness": 0.1}, {"effect": "adjust", "contrast": 0.5}
    ),
    "image": {"image": {"root": "r", "path": IMAGE.path}, "seconds": 0.2},
    "square": {
        "image": {"root": "r", "path": SQUARE.path},
        "seconds": 0.2,
        "effects": [{"effect": "adjust", "brightness": 0.1}],
    },
}
Drawn = dict[str, list[Frame]]


def drawn(runner: PlanRunner, materials: Materials, depth: int, **request: Any) -> Drawn:
    """Render all clips at once, and return the frames of each."""
    [(path, output)] = runner.render(materials, clips=list(DRAWN.values()), **request)
    form = "yuv420p" if depth == 8 else "yuv420p16le"
    raw = run(runner.ffmpeg, ["-i", path, "-f", "rawvideo", "-pix_fmt", form, "-"])
    samples = memoryview(raw) if depth == 8 else memoryview(raw).cast("H")
    scale = 1 if depth == 8 else 256
    size = WIDTH * HEIGHT * 3 // 2
    assert len(samples) == (output.frames or 0) * size
    frames = [
        one_frame(samples[place : place + size], scale) for place in range(0, len(samples), size)
    ]
    found: Drawn = {}
    for name, piece in DRAWN.items():
        count = 5 if "image" in piece else 8 if name in {"panned", "zoomed"} else PART
        found[name], frames = frames[:count], frames[count:]
    assert not frames
    return found


def one_frame(samples: memoryview, scale: int) -> Frame:
    luma, chroma = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
    ends = ((0, luma), (luma, luma + chroma), (luma + chroma, luma + 2 * chroma))
    y, u, v = ([sample / scale for sample in samples[start:end]] for start, end in ends)
    return Frame((y, u, v))


@pytest.fixture(scope="module", params=[8, 10])
def shown(request: pytest.FixtureRequest, runner: PlanRunner, materials: Materials) -> Drawn:
    """Return the frames of all clips, made with 8 and with 10 bits."""
    if request.param == 8:
        return drawn(runner, materials, 8, preset="web-720p", options=LOSSLESS)
    options = {"video_codec": "ffv1", "hdr": "sdr"}
    return drawn(runner, materials, 10, preset="archive", options=options)


def test_adjusted_colors_follow_the_formula(shown: Drawn) -> None:
    frame = shown["brighter"][0]
    assert frame.yuv(20) == pytest.approx((LEFT + 25.5, U, V), abs=1)
    assert frame.yuv(140) == pytest.approx((RIGHT + 25.5, U, V), abs=1)
    frame = shown["harder"][1]
    assert frame.y(20) == pytest.approx((LEFT - 127.5) * 1.5 + 127.5, abs=1)
    assert frame.y(140) == pytest.approx((RIGHT - 127.5) * 1.5 + 127.5, abs=1)
    frame = shown["paler"][2]
    assert frame.yuv(20) == pytest.approx((LEFT, 120, 138), abs=1)


def test_effects_are_applied_in_their_order(shown: Drawn) -> None:
    assert shown["two"][3].y(20) == pytest.approx((LEFT + 25.5 - 127.5) * 0.5 + 127.5, abs=1)


def test_a_lookup_table_maps_colors(shown: Drawn) -> None:
    for x, luma in ((20, LEFT), (140, RIGHT)):
        gray = (luma - 16) / 219
        red, blue = gray + 1.5748 * (V - 128) / 224, gray + 1.8556 * (U - 128) / 224
        green = (gray - 0.2126 * red - 0.0722 * blue) / 0.7152
        expected = codes((255 * blue, 255 * green, 255 * red))
        assert shown["swapped"][0].yuv(x) == pytest.approx(expected, abs=1)


def test_a_blur_is_a_bell_curve(shown: Drawn) -> None:
    for x in (60, 70, 76, 79, 80, 84, 90, 110):
        weight = (1 + math.erf((x + 0.5 - WIDTH / 2) / 4 / math.sqrt(2))) / 2
        assert shown["blurred"][0].y(x) == pytest.approx(LEFT + (RIGHT - LEFT) * weight, abs=3)


def test_sharpening_exaggerates_an_edge(shown: Drawn) -> None:
    # Five binomial weights: 5/16 of them lie on the other side of the edge.
    over = (RIGHT - LEFT) * 5 / 16
    assert shown["sharpened"][0].y(79) == pytest.approx(LEFT - over, abs=2)
    assert shown["sharpened"][0].y(80) == pytest.approx(RIGHT + over, abs=2)
    assert shown["sharpened"][0].y(20) == LEFT


def test_a_vignette_darkens_by_the_fourth_power_of_the_cosine(shown: Drawn) -> None:
    for x in (80, 40, 10):
        angle = 0.4 * math.pi / 2 * abs(x - 80) / math.hypot(80, 60)
        assert shown["vignette"][0].y(x) == pytest.approx(160 * math.cos(angle) ** 4, abs=2)


def test_a_key_color_is_replaced_and_nothing_else(shown: Drawn) -> None:
    for frame in shown["keyed"]:
        assert frame.yuv(20) == pytest.approx(BLUE, abs=1)
        assert frame.yuv(140) == pytest.approx((120, 128, 128), abs=1)
    for frame in shown["keyed over image"]:
        assert frame.yuv(20) == pytest.approx(codes(CARD), abs=1)
        assert frame.yuv(140) == pytest.approx((120, 128, 128), abs=1)


@pytest.mark.parametrize("name", ["denoised", "denoised well"])
def test_noise_is_reduced_and_the_level_stays(shown: Drawn, name: str) -> None:
    (mean, noise), (new_mean, new_noise) = spread(shown["noisy"][3]), spread(shown[name][3])
    assert new_mean == pytest.approx(mean, abs=1)
    assert new_noise < 0.6 * noise


def test_a_zoom_shows_what_lies_in_its_rectangles(shown: Drawn) -> None:
    for number, frame in enumerate(shown["zoomed"]):
        progress = number / 7
        left, size = 0.5 * progress * WIDTH, 1 - 0.5 * progress
        for x in (10, 80, 150):
            assert frame.y(x) == pytest.approx(16 + left + (x + 0.5) * size - 0.5, abs=1)


def test_a_slow_pan_moves_by_fractions_of_a_pixel(shown: Drawn) -> None:
    means = [sum(frame.y(x) for x in range(20, 140)) / 120 for frame in shown["panned"]]
    steps = [after - before for before, after in pairwise(means)]
    assert steps == pytest.approx([0.02 * WIDTH / 7] * 7, abs=0.12)


def test_an_image_is_a_clip(shown: Drawn) -> None:
    for frame in shown["image"]:
        assert frame.yuv(2, 2) == pytest.approx(codes(CARD), abs=1)
        assert frame.yuv(157, 117) == pytest.approx(codes(CARD), abs=1)
    luma, *_ = codes(CARD)
    for frame in shown["square"]:  # black at both sides, and an effect over both
        assert frame.y(10) == frame.y(150) == pytest.approx(16 + 25.5, abs=1)
        assert frame.y(25) == frame.y(135) == pytest.approx(luma + 25.5, abs=1)


def test_reversed_and_held_pictures_keep_their_sound(
    runner: PlanRunner, materials: Materials
) -> None:
    back, hold = {"effect": "reverse"}, {"effect": "freeze", "at_seconds": 0.4, "seconds": 0.2}
    pieces = [
        clip("numbered", 0.2, 1.4, effects=[back]),
        clip("numbered", 0.2, 1.4, effects=[hold]),
        clip("numbered", 0.8, 1.4, effects=[back, hold], speed=0.5),
        clip("numbered", 0.8, 1.4, effects=[hold, back]),
        clip("numbered", 1.8, 2, effects=[{**hold, "at_seconds": 0.2}]),
    ]
    [(path, output)] = runner.render(materials, preset="web-720p", clips=pieces, options=LOSSLESS)
    frames = numbers(runner.ffmpeg, path)
    assert len(frames) == output.frames
    assert frames[:30] == list(range(34, 4, -1))
    assert frames[30:65] == [*range(5, 15), *[15] * 6, *range(16, 35)]
    slow = frames[65:100]
    assert slow[:10] + slow[15:] == pytest.approx([34 - place / 2 for place in range(30)], abs=1)
    assert len(set(slow[10:16])) == 1
    assert frames[100:120] == [*range(34, 30, -1), *[30] * 6, *range(29, 19, -1)]
    assert frames[120:] == [*range(45, 50), *[49] * 5]
    lit, heard = flashes(runner.ffmpeg, path, RATE), beeps(runner.ffmpeg, path)
    # Held flashes are silent. What is slow is made of pieces of a twenty-fourth of a second.
    assert heard == pytest.approx(lit[: len(heard)], abs=1 / 24 + SYNC_SECONDS)
    assert heard[:2] == pytest.approx(lit[:2], abs=SYNC_SECONDS)


def test_stills_and_animations_have_effects_too(runner: PlanRunner, materials: Materials) -> None:
    clips = [part("step", {"effect": "adjust", "brightness": 0.1, "saturation": 0})]
    gray = (LEFT + 25.5 - 16) * 255 / 219
    for request in ({"preset": "stills", "options": {"count": 1}}, {"preset": "gif"}):
        [(path, _)] = runner.render(materials, clips=clips, **request)
        shown = run(runner.ffmpeg, ["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        middle = 3 * (WIDTH * HEIGHT // 2 + 20)
        assert list(shown[middle : middle + 3]) == pytest.approx([gray] * 3, abs=4)


def levels(runner: PlanRunner, path: Path, start: float, end: float, hertz: int) -> float:
    """Return the level of a tone in decibels."""
    cut = ["-ss", start, "-to", end, "-i", path, "-ac", "1", "-ar", "48000", "-f", "s16le", "-"]
    samples = memoryview(run(runner.ffmpeg, cut)).cast("h")
    turn = 2 * math.pi * hertz / 48000
    real = sum(sample * math.cos(turn * place) for place, sample in enumerate(samples))
    other = sum(sample * math.sin(turn * place) for place, sample in enumerate(samples))
    return 20 * math.log10(2 * math.hypot(real, other) / len(samples) / 32768)


def power(runner: PlanRunner, path: Path, start: float, end: float) -> float:
    cut = ["-ss", start, "-to", end, "-i", path, "-ac", "1", "-f", "s16le", "-"]
    samples = memoryview(run(runner.ffmpeg, cut)).cast("h")
    return 10 * math.log10(sum(sample**2 for sample in samples) / len(samples) / 32768**2)


WAV = {"preset": "audio", "options": {"container": "wav"}}


def test_music_is_lowered_while_someone_speaks(runner: PlanRunner, materials: Materials) -> None:
    music = {"video_id": "music", "ducking": {"threshold_db": -30, "ratio": 8}}
    [(path, _)] = runner.render(materials, clips=[clip("speech")], audio=[music], **WAV)
    before, during = levels(runner, path, 0.4, 0.9, 1000), levels(runner, path, 1.5, 1.9, 1000)
    assert before == pytest.approx(-20, abs=0.2)
    # The filter follows the speech somewhere between its mean and its peak level.
    peak, mean = 20 * math.log10(0.5), 20 * math.log10(0.5 / math.sqrt(2))
    most, least = (-30 - peak) * (1 - 1 / 8), (-30 - mean) * (1 - 1 / 8)
    assert most - 0.3 < during - before < least + 0.3
    # Nothing is missing where both end.
    assert levels(runner, path, 1.95, 2, 1000) == pytest.approx(during, abs=1)
    assert levels(runner, path, 1.5, 1.9, 300) == pytest.approx(20 * math.log10(0.5), abs=0.2)


def test_noise_is_reduced_and_sound_stays_in_time(runner: PlanRunner, materials: Materials) -> None:
    quiet = {"effect": "denoise-audio", "reduction_db": 12, "noise_floor_db": -35}
    pieces = [clip("hiss"), clip("hiss", effects=[quiet]), clip("click", effects=[quiet])]
    [(path, output)] = runner.render(materials, clips=pieces, **WAV)
    assert output.duration_seconds == 3
    before, after = power(runner, path, 0.3, 0.9), power(runner, path, 1.3, 1.9)
    assert after - before == pytest.approx(-12, abs=2)
    assert levels(runner, path, 2.6, 2.9, 1000) == pytest.approx(20 * math.log10(0.5), abs=0.5)
    heard = [one for one in beeps(runner.ffmpeg, path) if one > 2]
    assert heard == pytest.approx([2.5], abs=0.003)


def spread(frame: Frame) -> tuple[float, float]:
    luma = frame.planes[0]
    mean = sum(luma) / len(luma)
    return mean, math.sqrt(sum((one - mean) ** 2 for one in luma) / len(luma))


def codes(color: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the codes of a color for ITU-R BT.709 with 8 bits."""
    red, green, blue = (part / 255 for part in color)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + 219 * luma,
        128 + 224 * (blue - luma) / 1.8556,
        128 + 224 * (red - luma) / 1.5748,
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
def test_any_effects_leave_the_planned_frames(
    runner: PlanRunner, materials: Materials, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311  the same effects in every run
    kinds = [effect for piece in DRAWN.values() for effect in piece.get("effects", ())]
    kinds += [{"effect": "reverse"}, {"effect": "denoise-audio"}]
    kinds += [{"effect": "freeze", "at_seconds": at, "seconds": 0.13} for at in (0, 0.1, 0.18)]
    pieces: list[dict[str, Any]] = []
    for number in range(4):
        effects = chosen.choices(kinds, k=chosen.randrange(5))
        piece = clip("numbered", number * 0.3, number * 0.3 + 0.4, effects=effects)
        if chosen.random() < 0.3:
            piece = {**DRAWN["image"], "effects": effects}
        if pieces and chosen.random() < 0.5:
            piece["transition"] = {"kind": chosen.choice(list(TransitionKind)), "seconds": 0.1}
        pieces.append(piece)
    rate = chosen.choice(["30000/1001", "24000/1001", 25, "12.5", 60])
    [(path, output)] = runner.render(
        materials,
        preset="web-720p",
        clips=pieces,
        audio=[{"video_id": "music", "ducking": {}}],
        options={**LOSSLESS, "frame_rate": rate},
    )
    info = source_of(path).info
    seconds = float(output.duration_seconds or 0)
    assert len(numbers(runner.ffmpeg, path)) == output.frames
    assert info.duration_seconds == pytest.approx(seconds, abs=1 / 12)
