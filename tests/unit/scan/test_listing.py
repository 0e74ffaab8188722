"""Signatures of folders: equal for the same files, and for no others."""

from __future__ import annotations

import os
import stat

from hypothesis import given
from hypothesis import strategies as st

from stoat_ferret.library.video import FoundFile
from stoat_ferret.scan.listing import FRESH_NS, FolderListing

File = tuple[str, int, int]
KNOWN = frozenset[bytes]()
NOW = 10**18

names = st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=3)
small = st.integers(0, 2)
files = st.dictionaries(names | st.sampled_from(("a", "b", "ab")), st.tuples(small, small))
folders = st.tuples(st.sampled_from(("", "a", "b", "a/b")), files)


def status_of(
    size: int, mtime_ns: int, ctime_ns: int = 0, mode: int = stat.S_IFREG
) -> os.stat_result:
    """Return a stat with these values."""
    values = [mode, 0, 0, 1, 0, 0, size, 0, mtime_ns // 10**9, 0]
    precise = {"st_mtime_ns": mtime_ns, "st_ctime_ns": ctime_ns}
    return os.stat_result(values, precise)


def listing(
    path: str, files: dict[str, tuple[int, int]], times_ns: tuple[int, int] | None = None
) -> FolderListing:
    """Return a listing of these files."""
    made = FolderListing(path, times_ns)
    in_order = sorted(files.items())
    assert made.add([name for name, _ in in_order], [status_of(*facts) for _, facts in in_order])
    return made


@given(folders, folders)
def test_equal_files_alone_have_equal_signatures(
    one: tuple[str, dict[str, tuple[int, int]]], two: tuple[str, dict[str, tuple[int, int]]]
) -> None:
    signatures = []
    for path, files in (one, two):
        if any("\ud800" <= char <= "\udfff" for name in files for char in name):
            return  # no name of a file
        found = listing(path, files).folder(KNOWN, NOW)
        assert (found is None) is (not files)
        signatures.append(found and found.signature)
    if one[1] or two[1]:
        assert (signatures[0] == signatures[1]) is (one == two)


def test_files_are_those_that_were_added() -> None:
    made = listing("x", {"a": (1, 2), "b": (3, -4)})
    assert list(made.take_files()) == [FoundFile("x/a", 1, 2), FoundFile("x/b", 3, -4)]
    assert list(made.take_files()) == []


def test_only_regular_files_with_a_time_that_fits_are_added() -> None:
    made = FolderListing("")
    good = status_of(1, 1)
    for odd in (status_of(1, 2**63), status_of(1, 1, mode=stat.S_IFIFO)):
        assert not made.add(["a", "b"], [good, odd])
        assert not made.add(["b"], [odd])
    assert list(made.take_files()) == []


def test_times_are_trusted_a_minute_after_the_last_change() -> None:
    old, fresh = NOW - FRESH_NS - 1, NOW - FRESH_NS
    for times, newest, is_trusted in (
        ((old, old), old, True),
        ((fresh, old), old, False),
        ((old, fresh), old, False),
        ((old, old), fresh, False),
    ):
        made = FolderListing("x", times)
        assert made.add(["a"], [status_of(1, 1, newest)])
        found = made.folder(KNOWN, NOW)
        assert found is not None
        assert (found.times_signature is not None) is is_trusted


def test_a_folder_is_known_by_its_times_and_the_names_of_its_files() -> None:
    found = listing("x", {"a": (1, 1), "b": (2, 2)}, (5, 6)).folder(KNOWN, NOW)
    assert found is not None
    assert found.times_signature is not None
    known = {found.times_signature}

    def is_known(path: str, times: tuple[int, int] | None, names: list[str]) -> bool:
        return FolderListing(path, times).known_by_times(names, known) is not None

    assert is_known("x", (5, 6), ["a", "b"])
    for path, times, names in (
        ("y", (5, 6), ["a", "b"]),
        ("x", (5, 7), ["a", "b"]),
        ("x", (4, 6), ["a", "b"]),
        ("x", None, ["a", "b"]),
        ("x", (5, 6), ["a"]),
        ("x", (5, 6), ["a", "c"]),
    ):
        assert not is_known(path, times, names)
