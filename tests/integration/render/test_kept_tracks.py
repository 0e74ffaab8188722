"""Tracks, fonts, cover art and data of real files are kept."""

from __future__ import annotations

import math
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import SAMPLE_RATE, make_numbered
from tests.integration.render.test_cuts import DRAFT, clip
from tests.integration.render.test_metadata import described

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

FONT = bytes(range(256)) * 9
LINES = "".join(f"{n + 1}\n00:00:0{n},200 --> 00:00:0{n},700\nline {n}\n\n" for n in range(3))


@pytest.fixture(scope="module")
def films(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """A clip with a comment of silence and sound, words and a font; others with art and data."""
    folder = tmp_path_factory.mktemp("tracks")
    words, font, art = folder / "words.srt", folder / "font.otf", folder / "art.jpg"
    words.write_text(LINES)
    font.write_bytes(FONT)
    picture = "-f lavfi -i testsrc2=size=64x64:rate=1:duration=1".split()
    packaged([*picture, "-frames:v", "1"], art)
    plain = str(make_numbered(ffmpeg, folder / "plain.mp4", frames=75))
    paths = {name: folder / name for name in ("tracks.mkv", "art.mp4", "data.mp4")}
    packaged(
        ["-i", plain, "-f", "lavfi", "-i", "sine=frequency=500:sample_rate=48000:duration=3"],
        ["-i", str(words), "-map", "0", "-map", "1", "-map", "2", "-c", "copy"],
        ["-c:a:1", "ac3", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
        ["-metadata:s:a:1", "title=Kommentar", "-disposition:a:1", "comment"],
        ["-metadata:s:s:0", "language=eng", "-disposition:s:0", "forced"],
        ["-attach", str(font), "-metadata:s:t:0", "mimetype=font/otf"],
        paths["tracks.mkv"],
    )
    maps = "-map 0 -map 1 -c copy -disposition:v:1 attached_pic".split()
    packaged(["-i", plain, "-i", str(art), *maps], paths["art.mp4"])
    chapters = folder / "chapters.txt"
    lines = (f"[CHAPTER]\nTIMEBASE=1/4\nSTART={n}\nEND={n + 1}\ntitle={n}\n" for n in range(9))
    chapters.write_text(";FFMETADATA1\n" + "".join(lines))
    titled = folder / "titled.mp4"
    opening = ["-i", plain, "-f", "ffmetadata", "-i", str(chapters)]
    packaged([*opening, *"-map 0 -map_chapters 1 -c copy".split()], titled)
    # The titles of chapters are the only data that FFmpeg makes; cameras store their places so.
    data = "-map 0 -map_chapters -1 -c copy -tag:d gpmd".split()
    packaged(["-i", str(titled), *data], paths["data.mp4"])
    return Materials({name: source_of(path) for name, path in paths.items()})


def lines_of(ffmpeg: Path, path: Path) -> list[tuple[str, str]]:
    """Return the start and the words of each line of the first subtitles."""
    command = [str(ffmpeg), "-v", "error", "-i", str(path), "-map", "0:s:0", "-f", "srt", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    parts = [part.split("\n") for part in text.strip().split("\n\n")]
    return [(part[1], part[2]) for part in parts if len(part) > 2]


def loudness_of(ffmpeg: Path, path: Path, stream: int) -> int:
    """Return the root of the mean square of an audio stream."""
    command = [str(ffmpeg), "-v", "error", "-i", str(path), "-map", f"0:a:{stream}"]
    command += ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "-"]
    raw = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    samples = memoryview(raw).cast("h")
    return round(math.sqrt(sum(sample * sample for sample in samples) / len(samples)))


def streams_of(path: Path, kind: str) -> list[dict[str, Any]]:
    """Return what ffprobe reports of the streams of a kind."""
    return [stream for stream in described(path)["streams"] if stream["codec_type"] == kind]


def labels_of(path: Path, kind: str = "audio") -> list[tuple[str | None, str | None, set[str]]]:
    """Return the language, title and dispositions of the streams of a kind, but for `default`."""
    labels = []
    for stream in streams_of(path, kind):
        tags = stream.get("tags", {})
        names = {name for name, is_set in stream["disposition"].items() if is_set}
        title = tags.get("title") or tags.get("name")
        labels.append((tags.get("language"), title, names - {"default"}))
    return labels


ENGLISH: tuple[str | None, str | None, set[str]] = ("eng", None, set())
COMMENT = ("deu", "Kommentar", {"comment"})


@pytest.mark.parametrize(
    ("preset", "container", "count"),
    [("copy", "mkv", 1), ("copy", "mp4", 2), ("smart-cut", "mkv", 2), ("smart-cut", "mp4", 1)],
)
def test_all_that_the_container_holds_is_kept(
    runner: PlanRunner, films: Materials, preset: str, container: str, count: int
) -> None:
    parts = [clip("tracks.mkv", 0.981, 1.941), clip("tracks.mkv", 0.021, 0.981)][:count]
    options = {"container": container}
    plan = runner.plan(films, preset=preset, clips=parts, options=options)
    [(path, output)] = runner.run(plan)
    assert labels_of(path) == [ENGLISH, COMMENT]
    assert labels_of(path, "subtitle") == [("eng", None, {"forced"})]
    assert (output.audio_streams, output.subtitle_streams) == (2, 1)
    assert loudness_of(runner.ffmpeg, path, 1) > 1000
    seen = [(start[6:11], words) for start, words in lines_of(runner.ffmpeg, path)]
    begin = 0.981
    expected = [(f"{1.2 - begin:06.3f}", "line 1"), (f"{0.96 + 0.2 - 0.021:06.3f}", "line 0")]
    assert [words for _, words in seen] == [words for _, words in expected[:count]]
    for (start, _), (wanted, _) in zip(seen, expected, strict=False):
        assert float(start.replace(",", ".")) == pytest.approx(float(wanted), abs=0.1)
    is_named = any("font.otf of video tracks.mkv is left out" in note for note in plan.notes)
    assert is_named is (container == "mp4")
    if container == "mkv":
        [attached] = streams_of(path, "attachment")
        assert attached["tags"]["filename"] == "font.otf"
        font = path.with_name("font.otf")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(path.parent)
            dump = [str(runner.ffmpeg), "-v", "error", "-y", "-dump_attachment:t", str(font)]
            subprocess.run([*dump, "-i", str(path)], check=False, capture_output=True, timeout=60)
        assert font.read_bytes() == FONT


@pytest.mark.parametrize(
    ("preset", "container", "count"),
    [
        *(("copy", "mp4", 1), ("copy", "mkv", 2), ("copy", "mov", 1)),
        *(("smart-cut", "mkv", 1), ("smart-cut", "mp4", 2)),
    ],
)
def test_cover_art_is_kept_or_named(
    runner: PlanRunner, films: Materials, preset: str, container: str, count: int
) -> None:
    is_kept = container != "mov"
    parts = [clip("art.mp4", 0.48, 1.44), clip("art.mp4", 1.44, 1.92)][:count]
    options = {"container": container}
    plan = runner.plan(films, preset=preset, clips=parts, options=options)
    [(path, _)] = runner.run(plan)
    video, *covers = streams_of(path, "video")
    assert [cover["disposition"]["attached_pic"] for cover in covers] == [1] * is_kept
    notes = [note for note in plan.notes if "cover art (mjpeg) of video art.mp4" in note]
    assert bool(notes) is not is_kept
    assert float(video["start_time"]) < 0.03


@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
def test_data_of_cameras_is_kept_in_a_single_clip(
    runner: PlanRunner, films: Materials, preset: str
) -> None:
    [(path, output)] = runner.render(films, preset=preset, clips=[clip("data.mp4", 0.48, 1.44)])
    [data] = streams_of(path, "data")
    assert data["codec_tag_string"] == "gpmd"
    assert output.duration_seconds is not None
    length = float(described(path)["format"]["duration"])
    assert length == pytest.approx(float(output.duration_seconds), abs=0.05)
    parts = [clip("data.mp4", 0.48, 1.44)] * 2
    plan = runner.plan(films, preset=preset, clips=parts)
    assert "Data streams of video data.mp4 are left out: gpmd." in plan.notes


@pytest.mark.parametrize(
    ("options", "languages"),
    [({"audio": "all"}, ["eng", "deu"]), ({"audio": [1]}, ["deu"]), ({}, ["eng"])],
)
def test_an_encoded_file_has_the_tracks_that_were_asked_for(
    runner: PlanRunner, films: Materials, options: dict[str, Any], languages: list[str]
) -> None:
    options = {**DRAFT, **options, "loudness_lufs": -20, "subtitles": "keep"}
    parts = [clip("tracks.mkv", 0.5, 1.5)]
    [(path, output)] = runner.render(films, preset="web-720p", clips=parts, options=options)
    labels = labels_of(path)
    assert [language for language, *_ in labels] == languages
    assert output.audio_streams == len(languages)
    assert labels_of(path, "subtitle") == [("eng", None, {"forced"})]
    if "deu" in languages:
        assert COMMENT in labels
        # A tone of -20 LUFS, whatever the beeps of the other track need.
        assert 2000 < loudness_of(runner.ffmpeg, path, languages.index("deu")) < 4000


def test_tracks_of_a_transport_stream_stay_together(
    runner: PlanRunner, films: Materials, tmp_path: Path
) -> None:
    path = tmp_path / "tracks.ts"
    # The second track begins later.
    source = films.videos["tracks.mkv"].path
    delayed = ["-itsoffset", "0.6", "-i", source]
    maps = "-map 0:v -map 0:a:0 -map 1:a:1 -c copy".split()
    packaged(["-i", source, *delayed, *maps], path)
    materials = Materials({"ts": source_of(path)})
    parts = [clip("ts", 0, 1)]
    options = {**DRAFT, "audio": "all"}
    [(made, _)] = runner.render(materials, preset="web-720p", clips=parts, options=options)
    command = [str(runner.ffmpeg), "-v", "error", "-i", str(made), "-map", "0:a:1", "-ac", "1"]
    raw = subprocess.run(
        [*command, "-f", "s16le", "-"], check=True, capture_output=True, timeout=60
    ).stdout
    samples = memoryview(raw).cast("h")
    begin = next(place for place, sample in enumerate(samples) if abs(sample) > 1000)
    assert begin / SAMPLE_RATE == pytest.approx(0.6, abs=0.05)
