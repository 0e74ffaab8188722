"""Real files keep their chapters, tags and time codes, moved by the cut."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered
from tests.integration.render.test_cuts import DRAFT, clip

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

CREATED = "2019-07-04T10:20:30.000000Z"
PLACE = "+48.8577+002.2950/"
TAGS = {"title": "A film", "creation_time": CREATED, "location": PLACE, "date": "2019-07-04"}
APPLE = "com.apple.quicktime."
QUICKTIME = {
    f"{APPLE}make": "Apple",
    f"{APPLE}creationdate": "2019-07-04T12:20:30+0200",
    f"{APPLE}location.ISO6709": "+48.8577+002.2950+035/",
    "creation_time": CREATED,
}
NTSC = Fraction(30000, 1001)


def words_of(tags: dict[str, str]) -> list[str]:
    return [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]


@pytest.fixture(scope="module")
def films(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Clips of 3 s with a chapter each second, and clips with time codes."""
    folder = tmp_path_factory.mktemp("films")
    chapters = folder / "chapters.txt"
    lines = [
        f"[CHAPTER]\nTIMEBASE=1/1\nSTART={n}\nEND={n + 1}\ntitle=Chapter {n}\n" for n in range(3)
    ]
    chapters.write_text(";FFMETADATA1\n" + "".join(lines))
    plain = str(make_numbered(ffmpeg, folder / "plain.mp4", frames=75))
    made = {}
    for name in ("film.mp4", "film.mkv"):
        made[name] = folder / name
        packaged(
            ["-i", plain, "-f", "ffmetadata", "-i", str(chapters), "-map", "0", "-c", "copy"],
            ["-map_chapters", "1", *words_of(TAGS), "-metadata:s:a:0", "language=fra"],
            ["-metadata:s:a:0", "title=Version"],
            made[name],
        )
    coded = {"camera.mov": ("01:00:00:00", plain)}
    ntsc = make_numbered(ffmpeg, folder / "n.mp4", frames=90, rate=NTSC)
    coded["drop.mov"] = ("00:59:58;20", str(ntsc))
    for name, (code, path) in coded.items():
        made[name] = folder / name
        movflags = ["-movflags", "use_metadata_tags", "-timecode", code]
        packaged(["-i", path, "-c", "copy", *words_of(QUICKTIME), *movflags], made[name])
    return Materials({name: source_of(path) for name, path in made.items()})


def described(path: Path) -> dict[str, Any]:
    """Return what ffprobe reports of a file."""
    command = [str(packaged_ffprobe()), "-v", "error", "-of", "json"]
    command += ["-show_format", "-show_streams", "-show_chapters", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, timeout=60)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def chapters_of(path: Path) -> list[tuple[float, float, str]]:
    """Return the start, end and title of each chapter."""
    return [
        (
            round(float(chapter["start_time"]), 2),
            round(float(chapter["end_time"]), 2),
            chapter["tags"]["title"],
        )
        for chapter in described(path)["chapters"]
    ]


def tags_of(path: Path) -> dict[str, str]:
    """Return the tags of a file, with lowercase names."""
    return {name.lower(): value for name, value in described(path)["format"]["tags"].items()}


def time_code_of(path: Path) -> str | None:
    """Return the time code of the first frame of a file."""
    code: str | None = described(path)["streams"][0].get("tags", {}).get("timecode")
    return code


@pytest.mark.parametrize(
    ("video", "preset", "options"),
    [
        ("film.mp4", "copy", {}),
        ("film.mkv", "copy", {}),
        ("film.mp4", "smart-cut", {}),
        ("film.mkv", "smart-cut", {}),
        ("film.mp4", "archive", {**DRAFT, "width": 64}),
    ],
)
def test_chapters_and_tags_are_kept_and_end_with_the_cut(
    runner: PlanRunner, films: Materials, video: str, preset: str, options: dict[str, Any]
) -> None:
    # A copy begins at the key frame there, and Matroska has its first frame later.
    first = float(films.videos[video].timing.video_start)
    parts = [clip(video, 0.48 + first, 1.92 + first)]
    [(path, output)] = runner.render(films, preset=preset, clips=parts, options=options)
    assert output.duration_seconds == Fraction("1.44")
    assert chapters_of(path) == [
        (0, pytest.approx(0.52 - first, abs=0.011), "Chapter 0"),
        (pytest.approx(0.52 - first, abs=0.011), 1.44, "Chapter 1"),
    ]
    found = described(path)
    assert float(found["format"]["duration"]) == pytest.approx(1.44, abs=0.05)
    tags = tags_of(path)
    # Matroska files of FFmpeg drop zeros at the end of a place.
    tags["location"] = tags["location"].replace("002.295/", "002.2950/")
    assert TAGS.items() <= tags.items()
    audio = found["streams"][1]["tags"]
    assert (audio["language"], audio.get("title", audio.get("name"))) == ("fra", "Version")


@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
def test_joined_clips_keep_their_chapters(
    runner: PlanRunner, films: Materials, preset: str
) -> None:
    parts = [clip("film.mp4", 1.44, 2.4), clip("film.mp4", 0.48, 1.44)]
    [(path, _)] = runner.render(films, preset=preset, clips=parts)
    assert chapters_of(path) == [
        *((0, 0.56, "Chapter 1"), (0.56, 0.96, "Chapter 2")),
        *((0.96, 1.48, "Chapter 0"), (1.48, 1.92, "Chapter 1")),
    ]
    assert TAGS.items() <= tags_of(path).items()
    assert float(described(path)["format"]["duration"]) == pytest.approx(1.92, abs=0.05)


@pytest.mark.parametrize(("preset", "count"), [("copy", 2), ("smart-cut", 1)])
def test_a_result_without_metadata_says_nothing_of_its_origin(
    runner: PlanRunner, films: Materials, preset: str, count: int
) -> None:
    parts = [clip("camera.mov", 0.48, 1.44), clip("camera.mov", 0, 0.48)][:count]
    options = {"metadata": "none"}
    [(path, _)] = runner.render(films, preset=preset, clips=parts, options=options)
    content = path.read_bytes()
    assert not any(word in content for word in (b"48.85", b"2019", b"Apple", b"tmcd"))
    [(path, _)] = runner.render(films, preset=preset, clips=[clip("film.mkv")], options=options)
    assert not described(path)["chapters"]
    content = path.read_bytes()
    assert not any(word in content for word in (b"48.85", b"2019", b"A film", b"Chapter"))
    assert described(path)["streams"][1]["tags"]["title"] == "Version"


@pytest.mark.parametrize(
    ("preset", "options", "others"),
    [
        *(("copy", {}, 0), ("copy", {}, 1), ("smart-cut", {}, 0)),
        *(("smart-cut", {"container": "mp4"}, 1), ("prores", {"width": 64}, 0)),
    ],
)
def test_a_time_code_track_moves_with_the_cut(
    runner: PlanRunner, films: Materials, preset: str, options: dict[str, Any], others: int
) -> None:
    for video, start, code in (("camera.mov", 1.44, "01:00:01:11"), ("drop.mov", 1.6016, None)):
        parts = [clip(video, start, 2.4), *[clip(video, 0, 0.48)] * others]
        [(path, _)] = runner.render(films, preset=preset, clips=parts, options=options)
        # 48 frames after 00:59:58;20; not the 2 first numbers of other minutes than tenths.
        assert time_code_of(path) == (code or "01:00:00;08")
        tags = tags_of(path)
        assert tags.pop("creation_time").startswith(CREATED)
        assert tags[f"{APPLE}make"] == "Apple"
        assert tags[f"{APPLE}location.iso6709"] == "+48.8577+002.2950+035/"
        assert tags[f"{APPLE}creationdate"] == "2019-07-04T12:20:30+0200"


def test_a_matroska_file_has_the_time_code_as_a_tag(runner: PlanRunner, films: Materials) -> None:
    options = {"container": "mkv"}
    [(path, _)] = runner.render(
        films, preset="copy", clips=[clip("camera.mov", 1.44)], options=options
    )
    assert tags_of(path)["timecode"] == "01:00:01:11"
    moved = Materials({"made": source_of(path)})
    [(path, _)] = runner.render(
        moved, preset="copy", clips=[clip("made", 0.48)], options={"container": "mov"}
    )
    assert time_code_of(path) == "01:00:01:23"
