"""Subtitle files beside a video, as the tracks of a player, over HTTP."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import make_clip
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan

from stoat_ferret.render.run.subtitle_files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

SRT = "1\n00:00:01,250 --> 00:00:01,900\n{\\an8}<i>Guten</i> Tag & <font size=9>Łódź</font>\n"
SHOWN = "00:00:01.250 --> 00:00:01.900 line:0\n<i>Guten</i> Tag &amp; Łódź"
VTT = (
    "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n01:00.000 --> 01:01.000 align:start\n<v Bob>Hi</v>\n"
)
ASS = r"""[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:01.25,0:00:01.90,D,{\b1\pos(1,2)}Guten{\b0}\NTag{\p1}m 0 0 l 9 9{\p0}
"""
UNREADABLE_NAME = os.fsdecode(b"strange \xe9\xff")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a film, and one whose name is not UTF-8."""
    root = tmp_path_factory.mktemp("films")
    for name in ("film", UNREADABLE_NAME):
        shutil.copyfile(make_clip("small-0.mp4"), root / f"{name}.mp4")
    return root


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


@pytest.fixture
def film(library: Path) -> Iterator[Path]:
    """Return the path of the film; what lies beside it is deleted afterwards."""
    before = {*library.rglob("*")}
    yield library / "film"
    for path in sorted({*library.rglob("*")} - before, reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def tracks(client: httpx.Client, word: str = "film") -> list[dict[str, Any]]:
    """Return the subtitle tracks of a video."""
    (video,) = client.get("/api/v1/videos", params={"q": word}).json()["items"]
    found: list[dict[str, Any]] = client.get(f"/api/v1/videos/{video['id']}/playback").json()[
        "subtitles"
    ]
    return found


def put(film: Path, ending: str, data: str | bytes) -> Path:
    """Write a file that is called as the film is."""
    path = film.with_name(film.name + ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_the_files_of_a_video_are_told_with_language_and_title(
    client: httpx.Client, film: Path
) -> None:
    for ending in (".srt", ".en.srt", ".en.forced.srt", ".de.SDH.vtt", "2.srt", ".txt"):
        put(film, ending, SRT)
    for path in ("Subs/film.fr.ass", "subtitles/film/2_English.srt", "Subs/other.srt"):
        put(film.parent / path, "", SRT)
    told = [(one["language"], one["title"]) for one in tracks(client)]
    assert told == [
        (None, None),
        ("eng", None),
        ("deu", "SDH"),
        ("eng", "Forced"),
        ("fra", None),
        (None, "2_English"),
    ]
    assert {one["kind"] for one in tracks(client)} == {"text"}


@pytest.mark.parametrize(
    ("ending", "data", "shown"),
    [
        (".srt", SRT.encode(), SHOWN),
        (".srt", SRT.encode("utf-8-sig").replace(b"\n", b"\r\n"), SHOWN),
        (".srt", SRT.encode("utf-16"), SHOWN),
        (".pl.srt", SRT.encode("windows-1250"), SHOWN),
        (".ru.srt", SRT.replace("Łódź", "Привет всем").encode("koi8-r"), "Привет всем"),
        (".de.vtt", VTT.encode(), VTT),
        (".vtt", VTT.encode("utf-16-le"), VTT),
        (".ass", ASS.encode(), "00:00:01.250 --> 00:00:01.900\n<b>Guten</b>\nTag\n"),
        (".SSA", ASS.encode("utf-16-be"), "<b>Guten</b>\nTag\n"),
        (".srt", SRT.encode() + b"2\nnot a time\n\xff\n\n", SHOWN),
        (".srt", b"rubbish\n" + SRT.encode() + b"3\n00:00:02,000 --> 00:0", SHOWN),
    ],
)
def test_they_come_as_webvtt_with_the_right_words_at_the_right_time(
    client: httpx.Client, film: Path, ending: str, data: bytes, shown: str
) -> None:
    put(film, ending, data)
    (track,) = tracks(client)
    answer = client.get(track["url"])
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT\n")
    assert shown in answer.text


def test_a_name_that_is_not_utf_8_is_no_obstacle(client: httpx.Client, library: Path) -> None:
    path = library / os.fsdecode(b"strange \xe9\xff.en.\xfe.srt")
    path.write_text(SRT)
    (track,) = tracks(client, "strange")
    assert (track["language"], track["title"]) == ("eng", "\N{REPLACEMENT CHARACTER}")
    assert SHOWN in client.get(track["url"]).text
    path.unlink()
    problem(client.get(track["url"]), 422, "not-playable")


def test_links_are_followed_inside_the_root_alone(
    client: httpx.Client, film: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.srt").write_text(SRT)
    film.with_suffix(".en.srt").symlink_to(tmp_path / "secret.srt")
    film.with_suffix(".de.srt").symlink_to(put(film.parent / "real.srt", "", SRT))
    (film.parent / "Subs").symlink_to(tmp_path)
    (tmp_path / "film.fr.srt").write_text(SRT)
    answers = {one["language"]: client.get(one["url"]) for one in tracks(client)}
    assert SHOWN in answers["deu"].text
    assert "out of its root" in problem(answers["eng"], 409, "file-unreadable")["detail"]
    assert "fra" not in answers


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no subtitle with a time was found in it"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "no subtitle with a time"),
        (bytes(range(256)) * 20, "it is no text"),
        (None, "at most"),
    ],
)
def test_what_is_no_subtitles_is_a_clear_error(
    client: httpx.Client, film: Path, data: bytes | None, reason: str
) -> None:
    path = put(film, ".srt", data or b"")
    if data is None:  # a huge one, without writing it
        os.truncate(path, MOST_BYTES + 1)
    (track,) = tracks(client)
    detail = problem(client.get(track["url"]), 422, "not-playable")["detail"]
    assert detail.startswith("film.srt cannot be shown")
    assert reason in detail


def test_a_named_pipe_is_not_opened(client: httpx.Client, film: Path) -> None:
    os.mkfifo(film.with_suffix(".srt"))
    (track,) = tracks(client)
    problem(client.get(track["url"]), 409, "file-unreadable")


def test_a_changed_file_is_read_again_and_keeps_its_address(
    client: httpx.Client, film: Path
) -> None:
    put(film, ".en.srt", SRT)
    (track,) = tracks(client)
    first = client.get(track["url"])
    again = {"If-None-Match": first.headers["etag"]}
    assert client.get(track["url"], headers=again).status_code == 304
    assert client.get(track["url"]).text == first.text  # from the cache
    put(film, ".de.srt", SRT)
    put(film, ".en.srt", SRT.replace("Tag", "Abend"))
    assert [one["url"] for one in tracks(client) if one["language"] == "eng"] == [track["url"]]
    changed = client.get(track["url"], headers=again)
    assert changed.status_code == 200
    assert "Abend" in changed.text
