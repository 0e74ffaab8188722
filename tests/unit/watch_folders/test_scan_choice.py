"""Changes that wait are joined with those that come later."""

from __future__ import annotations

from stoat_ferret.library.scope import FolderPart
from stoat_ferret.watch_folders.changes import SettledChanges
from stoat_ferret.watch_folders.scan_choice import joined


def test_what_came_later_counts() -> None:
    first = SettledChanges(
        files={"changed.mp4": (1, 1), "deleted.mp4": (1, 1)},
        gone=frozenset({"back.mp4", "gone.mp4"}),
        gone_folders=frozenset({"a"}),
        growing=frozenset({"back.mp4"}),
    )
    second = SettledChanges(
        files={"changed.mp4": (2, 2), "back.mp4": (3, 3)},
        gone=frozenset({"deleted.mp4"}),
        parts=frozenset({FolderPart("b")}),
        new_folders=frozenset({"c"}),
    )
    assert joined(first, second) == SettledChanges(
        files={"changed.mp4": (2, 2), "back.mp4": (3, 3)},
        gone=frozenset({"deleted.mp4", "gone.mp4"}),
        gone_folders=frozenset({"a"}),
        parts=frozenset({FolderPart("b")}),
        new_folders=frozenset({"c"}),
    )


def test_everything_stays_everything() -> None:
    everything = SettledChanges(is_everything=True, parts=frozenset({FolderPart("")}))
    one = SettledChanges(files={"a.mp4": (1, 1)})
    for changes in (joined(everything, one), joined(one, everything)):
        assert changes.is_everything
        assert changes.parts == {FolderPart("")}
