"""Timelines over HTTP: imported and rendered, exported and imported again, and refused."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from tests.clips import ffmpeg
from tests.examples import examples
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan, wait_for_end
from tests.integration.render.numbered import make_numbered, numbers
from tests.timelines import FRAMES, NOTES, edited_timeline, nested_too_deep

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg
from stoat_ferret.render.timeline.worker import MAX_TIMELINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.integration.api.server import RunningServer

IMPORT, EXPORT = "/api/v1/timelines/import", "/api/v1/timelines/export"


@pytest.fixture(scope="module")
def clips(client: httpx.Client, library: Path) -> dict[str, Path]:
    """Make and scan two clips of 3 seconds whose frames show their numbers."""
    program = packaged_ffmpeg()
    assert program, "the extra `ffmpeg` is not installed"
    names = {"numbered": "numbered.mp4", "second": "a b#100%.mp4"}
    made = {
        key: make_numbered(program, library / f"{key}.mp4", frames=75).rename(library / name)
        for key, name in names.items()
    }
    assert scan(client, str(library))["status"] == "succeeded"
    return made


@pytest.fixture(scope="module")
def ids(client: httpx.Client, clips: dict[str, Path]) -> dict[str, str]:
    """Return the ids of the clips."""
    items = client.get("/api/v1/videos", params={"limit": 100}).json()["items"]
    by_name = {item["name"]: item["id"] for item in items}
    return {key: by_name[path.name] for key, path in clips.items()}


JUNK = st.sampled_from(
    [None, True, -1, 0, 1e308, 10**18, float("nan"), "x", "", [], [1], {"a": 1}]
    + [{"OTIO_SCHEMA": f"{kind}.1"} for kind in ("Gap", "Clip", "Transition", "Stack")]
)


def spots_in(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in a document that could hold something else."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from spots_in(node[key])


def take(client: httpx.Client, text: str | bytes) -> httpx.Response:
    return client.post(IMPORT, content=text, headers={"content-type": "application/json"})


def taken(client: httpx.Client, text: str | bytes) -> dict[str, Any]:
    answer = take(client, text)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_what_an_editor_wrote_is_rendered_to_the_frame(
    client: httpx.Client, clips: dict[str, Path], ids: dict[str, str], server: RunningServer
) -> None:
    document = taken(client, edited_timeline(clips["numbered"], clips["second"]))
    assert tuple(document["notes"]) == NOTES
    request = document["request"]
    assert (request["name"], request["preset"]) == ("holiday", "web-1080p")
    assert [piece.get("video_id") for piece in request["clips"]] == [
        *ids.values(),
        None,
        None,
        None,
    ]
    (music,) = request["audio"]
    assert (music["video_id"], music["at_seconds"]) == (ids["second"], 0.2)

    started = client.post("/api/v1/renders", json={**request, "options": {"effort": "draft"}})
    assert started.status_code == 202, started.text
    job = wait_for_end(client, started.json()["id"])
    assert job["status"] == "succeeded", job["error"]
    (output,) = job["result"]["outputs"]
    program = packaged_ffmpeg()
    assert program
    shown = numbers(program, Path(job["result"]["folder"]) / Path(output["path"]).name)
    assert len(shown) == FRAMES
    assert shown[:17] == list(range(10, 27))
    assert shown[22:40] == list(range(27, 45))
    assert set(shown[40:]) == {0}
    assert output["duration_seconds"] == pytest.approx(FRAMES / 25, abs=0.05)

    written = client.get(f"/api/v1/videos/{output['video_id']}/timeline").json()
    assert written["file_name"] == "holiday.otio"
    assert taken(client, written["text"])["request"] == {**request, "options": {"effort": "draft"}}


def test_a_request_comes_back_as_it_was(client: httpx.Client, ids: dict[str, str]) -> None:
    request = {
        "preset": "archive",
        "clips": [
            {"video_id": ids["numbered"], "start_seconds": 0.173, "rotate": 90},
            {"gap_seconds": "1001/750"},
            {
                "video_id": ids["second"],
                "end_seconds": 2.0,
                "speed": 2.0,
                "transition": {"kind": "wipeleft", "seconds": 0.2},
            },
        ],
        "audio": [{"video_id": ids["second"], "at_seconds": 0.4, "volume_db": -12.0}],
        "options": {"width": 160, "frame_rate": "30000/1001"},
    }
    answer = client.post(EXPORT, json=request)
    assert answer.status_code == 200, answer.text
    written = answer.json()
    assert written["file_name"] == "numbered.otio"
    assert [note.partition(" is kept")[0] for note in written["notes"]] == [
        "Options of the render (frame_rate, width)",
        "A clip's (rotate)",
        "The kind of a transition (wipeleft)",
        "A clip's (volume_db)",
    ]
    assert "a%20b%23100%25.mp4" in written["text"]
    back = taken(client, written["text"])
    assert back == {"request": request, "notes": []}


def test_media_that_are_elsewhere_are_found_by_their_name_which_is_said(
    client: httpx.Client, clips: dict[str, Path], ids: dict[str, str], library: Path
) -> None:
    away = Path("/Volumes/Edit Disk")
    text = edited_timeline(away / "numbered.mp4", away / clips["second"].name)
    document = taken(client, text)
    assert document["request"]["clips"][0]["video_id"] == ids["numbered"]
    found = f"{library.name}/numbered.mp4, called the same, is taken."
    (note,) = [note for note in document["notes"] if found in note]
    assert "its media is not at file:///Volumes/Edit%20Disk/numbered.mp4;" in note
    windows = text.replace("file:///Volumes/Edit%20Disk/", "C:\\\\Films\\\\")
    assert taken(client, windows)["request"] == document["request"]

    for name in ("one", "two"):
        (library / name).mkdir()
        shutil.copy(clips["numbered"], library / name / "twice.mp4")
    assert scan(client, str(library))["status"] == "succeeded"
    twice = edited_timeline(away / "twice.mp4", away / clips["second"].name)
    notes = taken(client, twice)["notes"]
    assert any("several are called so" in note for note in notes), notes


def test_media_that_are_missing_refuse_the_timeline_only_where_nothing_is_left(
    client: httpx.Client, clips: dict[str, Path]
) -> None:
    gone = clips["numbered"].with_name("nowhere.mov")
    half = taken(client, edited_timeline(gone, clips["second"]))
    assert "gap_seconds" in half["request"]["clips"][0]
    whole = take(client, edited_timeline(gone, gone))
    assert "not in the library" in problem(whole, 422, "timeline-refused")["detail"]


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{}", b"[1]", b"\xff\xfe\x00", b"TITLE: an edit list", b'"x"'),
        b'{"OTIO_SCHEMA": "Clip.1"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "name": "empty"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [7]}}',
    ],
)
def test_what_is_no_timeline_is_refused(client: httpx.Client, text: bytes) -> None:
    problem(take(client, text), 422, "timeline-refused")


def test_a_timeline_that_kills_its_reader_costs_nothing_else(
    client: httpx.Client, clips: dict[str, Path]
) -> None:
    problem(take(client, nested_too_deep()), 422, "timeline-refused")
    assert taken(client, edited_timeline(clips["numbered"], clips["second"]))["request"]


@trials(max_examples=examples(60))
@given(place=st.integers(0, 10_000), junk=JUNK)
def test_whatever_a_timeline_holds_it_is_taken_or_refused(
    client: httpx.Client, clips: dict[str, Path], place: int, junk: object
) -> None:
    timeline = json.loads(edited_timeline(clips["numbered"], clips["second"]))
    spots = list(spots_in(timeline))
    holder, key = spots[place % len(spots)]
    holder[key] = junk
    answer = take(client, json.dumps(timeline))
    if answer.status_code != 200:
        problem(answer, 422, "timeline-refused")


def test_a_timeline_that_is_too_large_is_refused(client: httpx.Client) -> None:
    found = problem(take(client, b" " * (MAX_TIMELINE_BYTES + 1)), 413, "body-too-large")
    assert f"{MAX_TIMELINE_BYTES:,} bytes" in found["detail"]

    def chunks() -> Iterator[bytes]:
        for _ in range(9):
            yield b" " * 2**20

    problem(client.post(IMPORT, content=chunks()), 413, "body-too-large")


def test_others_are_answered_while_a_large_timeline_is_read(
    client: httpx.Client, server: RunningServer
) -> None:
    filler = '{"OTIO_SCHEMA": "Marker.2", "name": "x", "metadata": {}},' * 100_000
    large = f'{{"OTIO_SCHEMA": "Timeline.1", "metadata": {{"m": [{filler}1]}}, "tracks": null}}'
    assert 2**22 < len(large) < MAX_TIMELINE_BYTES
    started = time.monotonic()
    with ThreadPoolExecutor(1) as others, server.client() as other:
        reading = others.submit(take, other, large)
        longest = 0.0
        while not reading.done():
            longest = max(longest, client.get("/health/live").elapsed.total_seconds())
        assert reading.result().status_code in {200, 422}
    # A busy machine is slow at both; a server that is held answers when all is read.
    assert longest < max(2.0, (time.monotonic() - started) / 3)


def test_files_of_effects_are_not_needed_for_a_timeline(
    client: httpx.Client, ids: dict[str, str]
) -> None:
    gone = {"root": "gone", "path": "gone.cube"}
    video = {"video_id": next(iter(ids.values())), "effects": [{"effect": "lut", "file": gone}]}
    image = {"image": gone, "seconds": 1}
    answer = client.post(EXPORT, json={"preset": "web-720p", "clips": [video, image]})
    assert answer.status_code == 200, answer.text
    assert "The image gone.cube becomes a gap." in answer.json()["notes"]


def test_the_time_code_of_a_file_is_subtracted(
    client: httpx.Client, clips: dict[str, Path], library: Path
) -> None:
    tape = library / "tape.mov"
    ffmpeg("-i", clips["numbered"], "-c", "copy", "-timecode", "01:00:00:00", tape)
    assert scan(client, str(library))["status"] == "succeeded"
    frames = otio.opentime.RationalTime
    clip = otio.schema.Clip(
        "tape",
        otio.schema.ExternalReference(tape.as_uri()),
        otio.opentime.TimeRange(frames(90025, 25), frames(25, 25)),
    )
    timeline = otio.schema.Timeline("tape")
    timeline.tracks.append(otio.schema.Track("V1", [clip], kind="Video"))
    document = taken(client, otio.adapters.write_to_string(timeline, "otio_json"))
    (part,) = document["request"]["clips"]
    assert (part["start_seconds"], part["end_seconds"]) == (1, 2)
    assert "time code, which starts at 01:00:00:00" in document["notes"][0]


def test_a_video_that_was_not_rendered_has_no_timeline(
    client: httpx.Client, ids: dict[str, str]
) -> None:
    answer = client.get(f"/api/v1/videos/{ids['numbered']}/timeline")
    problem(answer, 404, "recipe-not-found")
    problem(client.get("/api/v1/videos/nobody/timeline"), 404, "video-not-found")
    unknown = {"preset": "copy", "clips": [{"video_id": "nobody"}]}
    problem(client.post(EXPORT, json=unknown), 404, "video-not-found")
