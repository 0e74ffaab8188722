"""Plans keep chapters, tags and time codes where they belong, and name those that they do not."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.render.world import LOGO, World, source

from stoat_ferret.media.media_info import Chapter
from stoat_ferret.render.plan.source import KeyFrame, StreamHeader, Timing

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPlan
    from stoat_ferret.render.plan.source import Source

TITLES = "One Two Three Four Five".split()
CHAPTERS = tuple(
    Chapter(start_seconds=2.0 * n, end_seconds=2.0 * n + 2, title=title)
    for n, title in enumerate(TITLES)
)
TAGS = {"title": "Film", "creation_time": "2019-07-04T10:20:30Z", "encoder": "Lavf"}


def film(path: str = "/videos/a.mp4", *, code: str | None = None, **facts: Any) -> Source:
    """Return a file of ten seconds with five chapters, and maybe a time code."""
    headers = {0: StreamHeader("video", "h264", "avc1", time_code=code)}
    headers |= facts.pop("headers", {})
    keys = tuple(KeyFrame(Fraction(second)) for second in range(10))
    return source(
        path,
        chapters=CHAPTERS,
        tags={**TAGS, **facts.pop("tags", {})},
        timing=Timing(key_frames=keys, streams=headers),
        **facts,
    )


def chapters_in(plan: RenderPlan) -> list[tuple[float, float, str]]:
    """Return the start, end and title of the chapters that a plan writes."""
    found = re.findall(r"START=(\d+)\nEND=(\d+)\ntitle=(.*)", plan.files["chapters.txt"])
    return [(int(start) / 1e6, int(end) / 1e6, title) for start, end, title in found]


@pytest.mark.parametrize("preset", ["copy", "smart-cut", "archive", "prores"])
def test_chapters_are_moved_and_clipped_by_the_cut(preset: str) -> None:
    plan = World({"a": film()}).plan(
        preset, clips=[{"video_id": "a", "start_seconds": 3, "end_seconds": 7}]
    )
    assert chapters_in(plan) == [(0, 1, "Two"), (1, 3, "Three"), (3, 4, "Four")]
    assert not any("left out" in note for note in plan.notes)


@pytest.mark.parametrize("preset", ["copy", "smart-cut", "archive"])
def test_chapters_of_joined_clips_have_their_places(preset: str) -> None:
    parts = [
        {"video_id": "a", "start_seconds": 7, "end_seconds": 9},
        {"video_id": "b", "start_seconds": 0, "end_seconds": 1},
        {"video_id": "a", "start_seconds": 1, "end_seconds": 3},
    ]
    plan = World({"a": film(), "b": source()}).plan(preset, clips=parts)
    assert chapters_in(plan) == [(0, 1, "Four"), (1, 2, "Five"), (3, 4, "One"), (4, 5, "Two")]
    assert "The tags are those of the first clip." in plan.notes


def test_chapters_follow_speed_gaps_and_transitions() -> None:
    parts: list[dict[str, Any]] = [
        {"video_id": "a", "start_seconds": 0, "end_seconds": 4, "speed": 2},
        {"gap_seconds": 1},
        {"video_id": "a", "start_seconds": 2, "end_seconds": 4},
        {
            "video_id": "a",
            "start_seconds": 4,
            "end_seconds": 6,
            "transition": {"seconds": 0.4},
        },
    ]
    plan = World({"a": film()}).plan("archive", clips=parts)
    assert chapters_in(plan) == [(0, 1, "One"), (1, 2, "Two"), (3, 4.6, "Two"), (4.6, 6.6, "Three")]


def test_a_clip_that_does_not_run_in_order_has_no_chapters_and_no_time_code() -> None:
    parts: list[dict[str, Any]] = [
        {"video_id": "a", "end_seconds": 4, "effects": [{"effect": "reverse"}]},
        {"video_id": "a", "start_seconds": 4, "end_seconds": 6},
    ]
    plan = World({"a": film(code="01:00:00:00")}).plan("archive", clips=parts)
    assert chapters_in(plan) == [(4, 6, "Three")]
    assert "Chapters of clips that are reversed or frozen are left out." in plan.notes
    assert any("time code 01:00:00:00 is left out" in note for note in plan.notes)


def test_images_alone_have_no_metadata_to_keep() -> None:
    image = {"image": LOGO.model_dump(), "seconds": 2}
    for preset in ("archive", "web-720p"):
        plan = World().plan(preset, clips=[image])
        assert "-1" in plan.passes[-1].arguments
        assert not any("etadata" in note for note in plan.notes)
    video = {"video_id": "a", "start_seconds": 1, "end_seconds": 3}
    plan = World({"a": film(code="01:00:00:00")}).plan("archive", clips=[image, video])
    assert "timecode=00:59:59:00" in plan.passes[-1].arguments


def test_no_title_of_a_chapter_is_more_than_a_title() -> None:
    title = "a=b;c#d\\e\n[CHAPTER]\nSTART=1"
    one = Chapter(start_seconds=0, end_seconds=4, title=title)
    video = source(chapters=(one,))
    plan = World({"a": video}).plan("copy")
    text = plan.files["chapters.txt"]
    assert text.endswith("title=a\\=b\\;c\\#d\\\\e\\\n[CHAPTER]\\\nSTART\\=1\n")


@pytest.mark.parametrize("preset", ["web-720p", "proxy", "audio"])
def test_a_file_to_publish_has_no_metadata_and_the_plan_says_so(preset: str) -> None:
    plan = World({"a": film(code="01:00:00:00")}).plan(preset)
    assert not plan.files
    assert "-1" in plan.passes[-1].arguments
    [note] = [note for note in plan.notes if "Metadata" in note]
    assert note == (
        "Metadata is left out: the tags creation_time, title; 5 chapters; the time code. "
        "`metadata: keep` keeps them."
    )
    kept = World({"a": film(code="01:00:00:00")}).plan(preset, options={"metadata": "keep"})
    assert len(chapters_in(kept)) == 5
    assert not any("Metadata" in note for note in kept.notes)


def test_a_copy_without_metadata_has_no_data_streams() -> None:
    places = {2: StreamHeader("data", "bin_data", "gpmd")}
    world = World({"a": film(headers=places)})
    assert "0:2" in world.plan("copy").passes[-1].arguments
    plan = world.plan("copy", options={"metadata": "none"})
    assert "0:2" not in plan.passes[-1].arguments
    assert "Data streams of video a are left out: gpmd." in plan.notes


@pytest.mark.parametrize(
    ("container", "lost"),
    [("mp4", ["director"]), ("mkv", []), ("mpegts", ["creation_time", "director"])],
)
def test_tags_that_a_container_does_not_hold_are_named(container: str, lost: list[str]) -> None:
    world = World({"a": film(tags={"director": "Nobody"})})
    plan = world.plan("copy", options={"container": container})
    named = [note for note in plan.notes if note.startswith("Tags")]
    assert [note.rpartition(": ")[2] for note in named] == ([", ".join(lost) + "."] if lost else [])


@pytest.mark.parametrize("tag", ["com.apple.quicktime.make", "model"])
@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_tags_of_cameras_are_kept(container: str, tag: str) -> None:
    world = World({"a": film(tags={tag: "Apple", "director": "Nobody"})})
    plan = world.plan("copy", options={"container": container})
    is_held = container == "mov" and tag == "model"
    assert ("+faststart+use_metadata_tags" in plan.passes[-1].arguments) is not is_held
    assert any("director" in note for note in plan.notes) is is_held


@pytest.mark.parametrize(
    ("preset", "options", "code"),
    [
        ("copy", {}, "01:00:03:00"),
        ("smart-cut", {}, "01:00:03:10"),
        ("archive", {}, "01:00:03:10"),
        ("prores", {"frame_rate": 50}, None),
        ("copy", {"container": "mpegts"}, None),
    ],
)
def test_the_time_code_is_that_of_the_first_frame(
    preset: str, options: dict[str, Any], code: str | None
) -> None:
    world = World({"a": film(code="01:00:00:00")})
    clips = [{"video_id": "a", "start_seconds": 3.4, "end_seconds": 7}]
    plan = world.plan(preset, clips=clips, options=options)
    given = [word for word in plan.passes[-1].arguments if word.startswith("timecode=")]
    assert given == [f"timecode={code or ''}"] * 2
    assert any("time code" in note for note in plan.notes) is (code is None)


def test_statistics_of_a_whole_file_do_not_stay_with_a_part() -> None:
    counted = {0: StreamHeader("video", "h264", has_statistics=True)}
    arguments = World({"a": film(headers=counted)}).plan("copy").passes[-1].arguments
    assert "NUMBER_OF_FRAMES=" in arguments
    assert "NUMBER_OF_FRAMES=" not in World({"a": film()}).plan("copy").passes[-1].arguments
