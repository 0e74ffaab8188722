"""What is watched of a root, and which parts a scan of changes covers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.library.scope import FolderPart
from stoat_ferret.watch_folders.coverage import (
    MAX_PARTS,
    Coverage,
    common_folder,
    lies_in,
    without_covered,
)

WHOLE = Coverage.of([FolderPart("")])

_folders = st.lists(st.sampled_from("ab"), max_size=4).map("/".join)
_parts = st.builds(FolderPart, _folders, st.booleans())


def holds(parts: list[FolderPart], folder: str) -> bool:
    return any(
        lies_in(folder, part.folder) if part.recursive else part.folder == folder for part in parts
    )


@given(st.lists(_parts, max_size=8), _folders)
def test_parts_that_lie_in_others_are_left_out(parts: list[FolderPart], folder: str) -> None:
    kept = without_covered(parts)
    assert holds(kept, folder) == holds(parts, folder)
    for part in kept:
        assert not holds([one for one in kept if one.recursive and one != part], part.folder)


@given(st.lists(_parts, max_size=4), _parts, _folders)
def test_the_inner_parts_of_a_folder_are_those_that_are_covered(
    scanned: list[FolderPart], wanted: FolderPart, folder: str
) -> None:
    coverage = Coverage.of(scanned)
    inner = coverage.within(wanted.folder, recursive=wanted.recursive)
    assert holds(inner, folder) == (holds(scanned, folder) and holds([wanted], folder))


@given(st.lists(_parts, max_size=4), _folders)
def test_a_walk_enters_all_folders_on_the_way_to_what_is_covered(
    scanned: list[FolderPart], folder: str
) -> None:
    coverage = Coverage.of(scanned)
    leads_there = any(lies_in(part.folder, folder) for part in scanned)
    assert coverage.enters(folder) == (holds(scanned, folder) or leads_there)


def test_folders_of_similar_names_are_different_ones() -> None:
    coverage = Coverage.of([FolderPart("film")])
    assert coverage.covers("film/noir")
    assert not coverage.covers("films")
    assert not coverage.covers("film.old")


@pytest.mark.parametrize("depth", [0, 3])
def test_too_many_parts_become_their_parent_folder(depth: int) -> None:
    outer = "/".join(f"level{number}" for number in range(depth))
    many = [
        FolderPart(f"{outer}/{number}".lstrip("/"), recursive=False)
        for number in range(MAX_PARTS + 1)
    ]
    assert WHOLE.merged([*many, FolderPart("other")])[-1] in {
        FolderPart(""),
        FolderPart("other"),
    }
    assert WHOLE.merged(many) == [FolderPart(outer)]
    assert len(WHOLE.merged(many[:-1])) == MAX_PARTS


def test_too_many_parts_never_become_more_than_was_scanned() -> None:
    coverage = Coverage.of([FolderPart("a/b"), FolderPart("c", recursive=False)])
    many = [FolderPart(f"a/b/{number}/deep") for number in range(MAX_PARTS + 1)]
    assert coverage.merged([*many, FolderPart("c", recursive=False)]) == [
        FolderPart("a/b"),
        FolderPart("c", recursive=False),
    ]


@pytest.mark.parametrize(
    ("folders", "common"),
    [(["a/b", "a/c"], "a"), (["a"], "a"), (["a", ""], ""), (["ab", "ac"], ""), ([], "")],
)
def test_parts_have_an_innermost_folder_in_common(folders: list[str], common: str) -> None:
    assert common_folder([FolderPart(folder) for folder in folders]) == common
