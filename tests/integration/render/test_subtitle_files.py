"""Subtitle files are found in the library's folders alone, burned in and kept."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.clips import make_clip
from tests.integration.render.numbered import WIDTH, decoded
from tests.integration.render.render_harness import open_harness
from tests.integration.render.test_attached_fonts import HOSTILE, styled_clip

from stoat_ferret.errors import StoatFerretError
from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.render.plan.source import SubtitleText
from stoat_ferret.render.plan.text.cues import read_cues
from stoat_ferret.render.request.root_file import SubtitleFile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner
    from tests.integration.render.render_harness import RenderHarness

    from stoat_ferret.render.plan.source import Materials

FILE = SubtitleFile(root="r", path="words.ass")
# A drawing, so that no font is needed: a white square of 60 pixels in the middle.
ASS = r"""[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 240

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BorderStyle, Outline, Shadow, Alignment
Style: D,Arial,20,&H00FFFFFF,1,0,0,7

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.40,0:00:00.80,D,{\pos(130,90)\p1}m 0 0 l 60 0 60 60 0 60{\p0}
"""
SRT = "1\n00:00:00,400 --> 00:00:00,800\nOne\n\n2\n00:00:01,200 --> 00:00:05,000\nTwo\n"


def with_file(clips: Materials, name: str, text: str) -> Materials:
    """Return the clips with a subtitle file that requests can name."""
    cues = read_cues(text, f".{name.rpartition('.')[2]}")
    return replace(clips, subtitle_files={FILE: SubtitleText(name, cues, "eng")})


def part(start: float, end: float, **more: Any) -> dict[str, Any]:
    """Return a part of the plain clip with the subtitle file."""
    times = {"start_seconds": start, "end_seconds": end}
    return {"video_id": "plain", **times, "subtitle_file": FILE.model_dump(), **more}


def test_a_file_is_burned_into_exactly_its_pictures(runner: PlanRunner, clips: Materials) -> None:
    [(path, _)] = runner.render(
        with_file(clips, "words.ass", ASS),
        preset="web-720p",
        clips=[part(0.2, 1), part(0.6, 1.2, speed=2)],
        options={"effort": "draft", "subtitles": "burn"},
    )
    frames = decoded(runner.ffmpeg, path)
    lit = [number for number, frame in enumerate(frames) if frame[WIDTH * 120 + 160] > 200]
    # From 0.4 - 0.2 to 0.8 - 0.2 seconds, and then for half of 0.2 seconds from the second clip on.
    assert lit == [*range(5, 15), 20, 21, 22]


@pytest.mark.parametrize(("container", "codec"), [("mkv", "subrip"), ("mp4", "mov_text")])
def test_a_file_is_kept_over_several_clips(
    runner: PlanRunner, clips: Materials, container: str, codec: str
) -> None:
    [(path, output)] = runner.render(
        with_file(clips, "words.srt", SRT),
        preset="web-720p",
        clips=[part(0.2, 1.2), part(0, 1.4)],
        options={"effort": "draft", "subtitles": "keep", "container": container},
    )
    asked = "packet=pts_time,duration_time,size:stream=codec_name:stream_tags=language"
    said = subprocess.run(
        [
            *(str(packaged_ffprobe()), "-v", "error", "-select_streams", "s", "-show_entries"),
            *(asked, "-of", "json", str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    found = json.loads(said.stdout)
    (stream,) = found["streams"]
    assert (stream["codec_name"], stream["tags"]["language"]) == (codec, "eng")
    # MP4 has empty packets between the subtitles.
    packets = [one for one in found["packets"] if int(one["size"]) > 2]
    times = [float(one[name]) for one in packets for name in ("pts_time", "duration_time")]
    assert times == pytest.approx([0.2, 0.4, 1.4, 0.4, 2.2, 0.2], abs=0.002)
    assert output.subtitle_streams == 1


async def gathered(harness: RenderHarness, video_id: str, **more: Any) -> Materials:
    """Return the materials for burning subtitles into a video."""
    options = {"effort": "draft", "subtitles": "burn", **more.pop("options", {})}
    clip = {"video_id": video_id, **more}
    request = harness.request(clips=[clip], options=options)
    materials, _ = await harness.services.renders.resolver.gather(request)
    return materials


def test_files_are_found_in_the_library_alone(tmp_path: Path, ffmpeg: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    styled_clip(ffmpeg, films)
    for name in ("short.mp4", "long.mp4"):  # those of the harness
        (films / name).write_bytes(make_clip("small-0.mp4").read_bytes())
    (films / "styled.de.srt").write_bytes(SRT.replace("One", "Für").encode("windows-1252"))
    (films / "styled.srt").write_text(SRT)
    (films / "styled.en.srt").symlink_to(tmp_path / "secret.srt")
    (tmp_path / "secret.srt").write_text(SRT)
    (films / "large.srt").write_bytes(b" " * (8 * 2**20 + 1))

    async def check() -> None:
        async with open_harness(tmp_path) as harness:
            found = (await harness.services.videos.find(VideoQuery())).items
            video = next(one.id for one in found if one.path == "styled.mkv")
            await _check_files(harness, video)
            await _check_job(harness, video)

    anyio.run(check)


async def _check_job(harness: RenderHarness, video: str) -> None:
    texts = [{"text": "Für", "end_seconds": 0.5}]
    clip = {"video_id": video, "end_seconds": 0.6}
    file = {"root": "films", "path": "styled.srt"}
    request = harness.request(
        clips=[clip, {**clip, "subtitle_file": file}],
        options={"effort": "draft", "subtitles": "burn", "texts": texts},
    )
    job = await harness.render(request)
    assert job.status == "succeeded", job.error


async def _check_files(harness: RenderHarness, video: str) -> None:
    beside = {"subtitle_source": "beside"}
    found = (await gathered(harness, video, options=beside)).beside[video]
    assert [(text.name, text.language, bool(text.cues.found)) for text in found] == [
        ("styled.srt", None, True),
        ("styled.de.srt", "deu", True),
        ("styled.en.srt", None, False),
    ]
    assert "windows-1252 was taken" in found[1].notes[0]
    assert "leads out of its root" in found[2].notes[0]
    (attached,) = (await gathered(harness, video)).videos[video].attachments
    assert attached.name == HOSTILE
    for path, said in (
        ("../secret.srt", "leads out of its root"),
        ("styled.en.srt", "leads out of its root"),
        ("none.srt", "not there any more"),
        ("styled.mkv", "is no subtitle file"),
        ("large.srt", "8 MiB at most"),
    ):
        file = {"root": "films", "path": path}
        with pytest.raises(StoatFerretError, match=said) as error:
            await gathered(harness, video, subtitle_file=file)
        assert error.value.location == "clips.0.subtitle_file.path"
    named = {"root": "films", "path": "styled.de.srt", "encoding": "windows-1252"}
    found_file = (await gathered(harness, video, subtitle_file=named)).subtitle_files
    (text,) = found_file.values()
    assert text.cues.found[0].text == "Für"
