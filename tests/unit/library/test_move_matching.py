"""Matching of files and videos with the same content."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.library.reconcile.moves import GoneVideo, match_moves
from stoat_ferret.library.video import FoundFile, Root

HERE, THERE = Root(1, "here", "/here"), Root(2, "there", "/there")


def file(path: str, fingerprint: str = "x") -> tuple[str, FoundFile]:
    return fingerprint, FoundFile(path, 1, 1)


def gone(
    path: str, fingerprint: str = "x", *, root: Root = HERE, certain: bool = True
) -> GoneVideo:
    return GoneVideo(f"{root.name}/{path}", root, path, certain, fingerprint, 1)


def matched(files: list[tuple[str, FoundFile]], videos: list[GoneVideo]) -> dict[str, str]:
    """Return the new path of each video."""
    return {move.video_id: move.file.path for move in match_moves(files, videos, HERE)}


def test_only_the_same_content_is_a_match() -> None:
    assert matched([file("b", "x")], [gone("a", "y")]) == {}


def test_the_same_name_goes_before_the_same_folder_and_that_before_age() -> None:
    videos = [gone("old/a"), gone("new/c"), gone("old/b")]
    assert matched([file("new/b")], videos) == {"here/old/b": "new/b"}
    assert matched([file("new/d")], videos) == {"here/new/c": "new/d"}
    assert matched([file("other/d")], videos) == {"here/old/a": "other/d"}


def test_the_same_place_goes_before_everything() -> None:
    videos = [gone("old/a"), gone("new/a")]
    assert matched([file("new/a")], videos) == {"here/new/a": "new/a"}


def test_a_name_that_fits_is_not_given_away_to_an_earlier_file() -> None:
    videos = [gone("old/b")]
    assert matched([file("new/a"), file("new/b")], videos) == {"here/old/b": "new/b"}


def test_those_that_are_certainly_gone_go_first() -> None:
    videos = [gone("b", root=THERE, certain=False), gone("c")]
    assert matched([file("b")], videos) == {"here/c": "b"}
    assert matched([file("a"), file("b")], videos) == {"here/c": "a", "there/b": "b"}


names = st.sampled_from(["a", "b", "f/a", "f/b", "g/a"])
prints = st.sampled_from("xyz")


@given(
    st.lists(st.builds(file, names, prints), unique_by=lambda item: item[1].path),
    st.lists(
        st.builds(gone, names, prints, root=st.sampled_from([HERE, THERE]), certain=st.booleans()),
        unique_by=lambda video: video.id,
    ),
)
def test_each_is_matched_once_and_as_many_as_can_be(
    files: list[tuple[str, FoundFile]], videos: list[GoneVideo]
) -> None:
    moves = match_moves(files, videos, HERE)
    assert (
        len({move.video_id for move in moves}) == len({move.file for move in moves}) == len(moves)
    )
    content = {video.id: video.fingerprint for video in videos}
    for move in moves:
        assert (content[move.video_id], move.file) in files
    for fingerprint in "xyz":
        here = [move for move in moves if content[move.video_id] == fingerprint]
        there_are = sum(video.fingerprint == fingerprint for video in videos)
        assert len(here) == min(there_are, sum(found == fingerprint for found, _ in files))
