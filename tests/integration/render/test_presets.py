"""A real file of each preset and each operation: what ffprobe reports, and how it looks."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.render.numbered import decoded, numbers
from tests.integration.render.test_cuts import DRAFT, clip

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.render.plan import animation
from stoat_ferret.render.plan.filter_graph import option_value
from stoat_ferret.render.plan.plan import OutputKind
from stoat_ferret.render.request.root_file import ImageFile

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.plan import PlannedOutput
    from stoat_ferret.render.plan.source import Materials

ENCODING = [
    ("web-720p", {}, "h264", "aac"),
    ("web-1080p", {"loudness_lufs": -16}, "h264", "aac"),
    ("web-2160p", {}, "h264", "aac"),
    ("archive", {}, "hevc", "flac"),
    ("archive", {"video_codec": "av1", "audio_codec": "opus"}, "av1", "opus"),
    ("archive", {"video_codec": "ffv1"}, "ffv1", "flac"),
    ("proxy", {}, "h264", "aac"),
    ("prores", {}, "prores", "pcm_s24le"),
    ("web-720p", {"container": "webm"}, "vp9", "opus"),
    ("web-720p", {"container": "mkv", "audio_codec": "mp3"}, "h264", "mp3"),
    ("web-720p", {"audio_codec": "flac"}, "h264", "flac"),
    ("web-720p", {"mute": True}, "h264", None),
]
SOUND = [
    ({}, "aac"),
    ({"audio_codec": "opus"}, "opus"),
    ({"container": "mp3"}, "mp3"),
    ({"container": "flac"}, "flac"),
    ({"container": "wav"}, "pcm_s16le"),
]


def described(path: Path) -> dict[str, Any]:
    """Return what ffprobe reports of a file; check that it reads to the end without an error."""
    answer = subprocess.run(
        [
            *(str(packaged_ffprobe()), "-v", "error", "-of", "json", "-show_format"),
            *("-show_streams", "-count_packets", str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert not answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def check(path: Path, output: PlannedOutput) -> dict[str, Any]:
    """Return the streams of a file by kind; check that they are as planned."""
    if output.kind is OutputKind.IMAGE:
        with av.open(path) as image:
            (stream,) = image.streams.video
            assert (stream.width, stream.height) == (output.width, output.height)
            assert stream.codec_context.name == output.video_codec
        return {}
    found = described(path)
    streams = {stream["codec_type"]: stream for stream in found["streams"]}
    video, audio = streams.get("video"), streams.get("audio")
    assert (video and video["codec_name"]) == output.video_codec
    assert (audio and audio["codec_name"]) == output.audio_codec
    if video and output.width:
        assert (video["width"], video["height"]) == (output.width, output.height)
    if video and output.frames and output.kind is OutputKind.VIDEO:
        assert int(video["nb_read_packets"]) == output.frames
    if output.duration_seconds is not None:
        away = abs(float(found["format"]["duration"]) - float(output.duration_seconds))
        assert away <= float(output.tolerance_seconds)
    return streams


def brightness(frame: bytes, left: float, top: float, right: float, bottom: float) -> float:
    """Return the mean of a part of a 320x240 picture, given in fractions of it."""
    rows = range(int(240 * top), int(240 * bottom))
    part = [frame[320 * y + int(320 * left) : 320 * y + int(320 * right)] for y in rows]
    return sum(map(sum, part)) / sum(map(len, part))


@pytest.mark.parametrize(("preset", "options", "video", "audio"), ENCODING)
def test_each_preset_makes_what_it_promises(
    runner: PlanRunner, clips: Materials, preset: str, options: Any, video: str, audio: str | None
) -> None:
    [(path, output)] = runner.render(
        clips, preset=preset, clips=[clip("plain", 0.4, 1)], options={**DRAFT, **options}
    )
    assert (output.video_codec, output.audio_codec) == (video, audio)
    assert output.muxer in runner.tools.muxers
    check(path, output)
    assert numbers(runner.ffmpeg, path) == list(range(10, 25))


@pytest.mark.parametrize(("options", "codec"), SOUND)
def test_sound_is_extracted(runner: PlanRunner, clips: Materials, options: Any, codec: str) -> None:
    [(path, output)] = runner.render(
        clips, preset="audio", clips=[clip("plain", 0.4, 1.4)], options=options
    )
    assert output.audio_codec == codec
    assert "video" not in check(path, output)


def test_web_files_start_before_they_are_loaded(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0, 0.4)], options=DRAFT
    )
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("preset", ["gif", "webp"])
def test_animations_move(runner: PlanRunner, clips: Materials, preset: str) -> None:
    [(path, output)] = runner.render(clips, preset=preset, clips=[clip("plain", 0, 1)])
    assert output.kind is OutputKind.ANIMATION
    if preset == "gif":
        check(path, output)
        shown = numbers(runner.ffmpeg, path)
        assert shown[0] == 0
        assert len(set(shown)) >= 14
    else:
        assert path.read_bytes().count(b"ANMF") == 15


def test_a_gif_is_the_same_whether_its_pictures_are_stored_or_decoded_twice(
    runner: PlanRunner, clips: Materials, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for most in (animation._MOST_STORED_BYTES, 0):
        monkeypatch.setattr(animation, "_MOST_STORED_BYTES", most)
        plan = runner.plan(clips, preset="gif", clips=[clip("plain", 0, 1)])
        [(path, _)] = runner.run(plan)
        stored = path.parent / "pictures.nut"
        assert stored.exists() == bool(most)
        if most:
            assert 0.9 < stored.stat().st_size / plan.temporary_bytes < 1.1
        made.append(path.read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("container", ["png", "jpg", "webp"])
def test_stills_are_spread_evenly(runner: PlanRunner, clips: Materials, container: str) -> None:
    made = runner.render(
        clips,
        preset="stills",
        clips=[clip("plain")],
        options={"count": 3, "container": container, "width": 320},
    )
    shown = [number for path, _ in made for number in numbers(runner.ffmpeg, path)]
    assert shown == [12, 37, 62]
    for path, output in made:
        check(path, output)


def test_a_contact_sheet_shows_moments_side_by_side(runner: PlanRunner, clips: Materials) -> None:
    options = {"columns": 2, "rows": 2, "width": 648, "container": "png"}
    [(path, output)] = runner.render(
        clips, preset="contact-sheet", clips=[clip("plain")], options=options
    )
    check(path, output)
    assert output.width is not None
    assert output.height is not None
    sheet = decoded(runner.ffmpeg, path, output.width, output.height)[0]
    for corner, (column, row) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        left, top = 4 + column * (output.width // 2 - 2), 4 + row * (output.height // 2 - 2)
        line = sheet[output.width * (top + 220) + left :]
        number = sum((line[32 * bit + 16] > 125) << bit for bit in range(10))
        assert number == int((2 * corner + 1) / 8 * 75)


def test_what_is_turned_in_its_file_comes_out_upright(runner: PlanRunner, clips: Materials) -> None:
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("rotated.mp4", 0, 0.2)], options=DRAFT
    )
    info = clips.videos["rotated.mp4"].info.main_video
    assert info is not None
    assert info.rotation
    assert (output.width, output.height) == (info.width, info.height)
    check(path, output)


@pytest.mark.parametrize(("turn", "dark"), [(0, "bottom"), (90, "left"), (180, "top")])
def test_a_clip_can_be_turned(runner: PlanRunner, clips: Materials, turn: int, dark: str) -> None:
    [(path, _)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0.4, 0.48, rotate=turn)], options=DRAFT
    )
    frame = decoded(runner.ffmpeg, path)[0]
    ends = {
        "bottom": brightness(frame, 0.5, 0.8, 1, 1),
        "left": brightness(frame, 0, 0.5, 0.2, 1),
        "top": brightness(frame, 0, 0, 0.5, 0.2),
    }
    # The numbers of these frames leave the higher bits black.
    assert ends[dark] < 40


def test_a_clip_can_be_cropped(runner: PlanRunner, clips: Materials) -> None:
    crop = {"x": 0, "y": 180, "width": 320, "height": 60}
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0.4, 0.6, crop=crop)], options=DRAFT
    )
    assert (output.width, output.height) == (320, 60)
    check(path, output)
    frame = decoded(runner.ffmpeg, path, 320, 60)[0]
    assert [frame[320 * 30 + 32 * bit + 16] > 125 for bit in range(4)] == [False, True, False, True]


@pytest.mark.parametrize(
    ("fit", "edge_is_black"), [("contain", True), ("cover", False), ("stretch", False)]
)
def test_a_picture_is_made_to_fit(
    runner: PlanRunner, clips: Materials, fit: str, edge_is_black: bool
) -> None:
    options = {**DRAFT, "width": 480, "height": 240, "fit": fit}
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("plain", 0, 0.2)], options=options
    )
    check(path, output)
    edge = brightness(decoded(runner.ffmpeg, path)[0], 0, 0.05, 0.1, 0.15)
    assert (edge < 40) is edge_is_black


def test_pixels_that_are_not_square_come_out_square(runner: PlanRunner, clips: Materials) -> None:
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("anamorphic.mp4", 0, 0.2)], options=DRAFT
    )
    video = check(path, output)["video"]
    assert video.get("sample_aspect_ratio", "1:1") == "1:1"


@pytest.mark.parametrize("source", ["hdr10.mp4", "hlg.mp4"])
def test_high_range_is_made_normal_for_the_web_and_kept_in_the_archive(
    runner: PlanRunner, clips: Materials, source: str
) -> None:
    for preset, transfer in (("web-720p", {"bt709"}), ("archive", {"smpte2084", "arib-std-b67"})):
        [(path, output)] = runner.render(
            clips, preset=preset, clips=[clip(source, 0, 0.2)], options=DRAFT
        )
        assert check(path, output)["video"]["color_transfer"] in transfer


@pytest.mark.parametrize("source", ["shades-pq.mp4", "shades-hlg.mp4"])
def test_high_range_looks_like_the_same_colours_in_ordinary_range(
    runner: PlanRunner, clips: Materials, source: str
) -> None:
    shades = [
        shades_of(path)
        for video in ("shades.mp4", source)
        for path, _ in runner.render(clips, preset="stills", clips=[clip(video)])
    ]
    assert max(abs(a - b) for a, b in zip(*shades, strict=True)) < 12


def shades_of(path: Path) -> list[int]:
    """Return red, green and blue in the middle of each of eight columns."""
    with av.open(path) as image:
        picture = next(image.decode(video=0)).to_rgb()
    plane = picture.planes[0]
    row = bytes(plane)[plane.line_size * (picture.height // 2) :]
    places = (3 * (picture.width * (2 * column + 1) // 16) for column in range(8))
    return [value for place in places for value in row[place : place + 3]]


def test_text_is_written_where_and_when_it_should(runner: PlanRunner, clips: Materials) -> None:
    text = {"text": "W", "size": 0.3, "place": "top-left", "end_seconds": 0.2, "box": False}
    [(path, _)] = runner.render(
        clips,
        preset="web-720p",
        clips=[clip("plain", 0.4, 0.8)],
        options={**DRAFT, "texts": [text]},
    )
    frames = decoded(runner.ffmpeg, path)
    lit = [
        max(frame[320 * y + x] for y in range(10, 60) for x in range(10, 90)) for frame in frames
    ]
    assert min(lit[:5]) > 180
    assert max(lit[5:]) < 80
    assert max(frames[0][320 * 30 + x] for x in range(200, 320)) < 80


@pytest.mark.parametrize(
    "text",
    ["100% 'quoted': a,b;c[d]", "C:\\new\\%{pts}", "naïve 日本 🦦", "one\ntwo", "=", "\\", "%"],
)
def test_any_text_is_written_as_it_is(runner: PlanRunner, clips: Materials, text: str) -> None:
    plan = runner.plan(
        clips,
        preset="web-720p",
        clips=[clip("plain", 0, 0.08)],
        options={**DRAFT, "texts": [{"text": text}]},
    )
    (file,) = plan.files.values()
    assert text.splitlines()[0].replace("\\", "\\\N{WORD JOINER}").replace("{", r"\{")[:3] in file
    assert all(text not in argument or len(text) == 1 for argument in plan.passes[0].arguments)
    [(path, output)] = runner.run(plan)
    check(path, output)


@settings(max_examples=examples(15))
@given(st.text(st.sampled_from("ab \\':;,[]{}%=@|\"é🦦\n\t"), min_size=1, max_size=12))
@example("it's [a],b; 100%:x\\")
def test_any_name_of_a_file_survives_in_a_filter(
    runner: PlanRunner, clips: Materials, name: str
) -> None:
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        copy = Path(folder) / f"{name}.mp4"
        copy.symlink_to(clips.videos["plain"].path)
        subprocess.run(
            [
                *(str(runner.ffmpeg), "-v", "error", "-nostdin", "-f", "lavfi"),
                *("-i", f"movie=filename={option_value(str(copy))}"),
                *("-frames:v", "1", "-f", "null", "-"),
            ],
            check=True,
            timeout=60,
        )


def test_a_picture_is_laid_over(runner: PlanRunner, clips: Materials, tmp_path: Path) -> None:
    logo = tmp_path / "50%d.png"
    subprocess.run(
        [
            *(str(runner.ffmpeg), "-v", "error", "-f", "lavfi", "-i", "color=white:size=64x64"),
            *("-frames:v", "1", "-update", "1", "-f", "image2", str(tmp_path / "logo.png")),
        ],
        check=True,
        timeout=60,
    )
    (tmp_path / "logo.png").rename(logo)
    image = {"root": "r", "path": "logo.png"}
    materials = replace(clips, images={ImageFile(**image): str(logo)})
    overlay = {"image": image, "place": "top-right", "width": 0.2, "start_seconds": 0.2}
    [(path, output)] = runner.render(
        materials,
        preset="web-720p",
        clips=[clip("plain", 0.4, 0.8)],
        options={**DRAFT, "images": [overlay]},
    )
    check(path, output)
    corner = [brightness(frame, 0.8, 0.08, 0.9, 0.2) for frame in decoded(runner.ffmpeg, path)]
    assert max(corner[:5]) < 80
    assert min(corner[5:]) > 180


def test_fades_begin_and_end_in_black(runner: PlanRunner, clips: Materials) -> None:
    faded = clip("plain", 0.4, 1.4, fade_in_seconds=0.2, fade_out_seconds=0.2)
    [(path, _)] = runner.render(clips, preset="web-720p", clips=[faded], options=DRAFT)
    middle = [brightness(f, 0.2, 0.3, 0.8, 0.7) for f in decoded(runner.ffmpeg, path)]
    assert middle[0] < 40 < 80 < middle[12]
    assert middle[-1] < 40
    assert middle[0] < middle[2] < middle[5]


def test_subtitles_are_burned_in(runner: PlanRunner, clips: Materials) -> None:
    lit = []
    for options in ({}, {"subtitles": "burn"}):
        [(path, output)] = runner.render(
            clips,
            preset="web-720p",
            clips=[clip("tracks.mkv", 0.2, 0.6)],
            options={**DRAFT, **options},
        )
        check(path, output)
        lit.append(decoded(runner.ffmpeg, path)[0])
    changed = sum(abs(a - b) > 60 for a, b in zip(*lit, strict=True))
    assert changed > 100


@pytest.mark.parametrize(("container", "codec"), [("mkv", "subrip"), ("mp4", "mov_text")])
def test_subtitles_are_kept(
    runner: PlanRunner, clips: Materials, container: str, codec: str
) -> None:
    [(path, output)] = runner.render(
        clips,
        preset="web-720p",
        clips=[clip("tracks.mkv", 0, 1)],
        options={**DRAFT, "subtitles": "keep", "container": container, "subtitle_stream": 0},
    )
    streams = check(path, output)
    assert streams["subtitle"]["codec_name"] == codec
    assert output.subtitle_streams == 1


@pytest.mark.parametrize(
    ("preset", "options"), [("copy", {}), ("archive", {**DRAFT, "subtitles": "keep"})]
)
def test_words_that_are_copied_end_where_the_clip_does(
    runner: PlanRunner, clips: Materials, preset: str, options: dict[str, Any]
) -> None:
    parts = [clip("tracks.mkv", 0, 0.4)]
    [(path, output)] = runner.render(clips, preset=preset, clips=parts, options=options)
    found = described(path)
    assert sum(one["codec_type"] == "subtitle" for one in found["streams"])
    assert output.duration_seconds
    assert abs(float(found["format"]["duration"]) - output.duration_seconds) < 0.05


def test_interlaced_pictures_come_out_progressive(runner: PlanRunner, clips: Materials) -> None:
    [(path, output)] = runner.render(
        clips, preset="web-720p", clips=[clip("interlaced.mp4", 0, 0.4)], options=DRAFT
    )
    video = check(path, output)["video"]
    assert video.get("field_order", "progressive") in {"progressive", "unknown"}


def test_loudness_is_what_was_asked_for(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(
        clips,
        preset="audio",
        clips=[clip("rotated.mp4"), clip("tracks.mkv")],
        options={"loudness_lufs": -23, "container": "flac"},
    )
    said = subprocess.run(
        [str(runner.ffmpeg), "-i", str(path), "-af", "ebur128", "-f", "null", "-"],
        check=True,
        capture_output=True,
        timeout=60,
    ).stderr.decode()
    loudness = float(said.rpartition("I:")[2].split()[0])
    assert abs(loudness + 23) < 0.6
