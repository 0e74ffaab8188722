"""A value for each filter of videos, and the video that it finds; a new one needs a line here."""

from __future__ import annotations

from typing import Any

from stoat_ferret.library.query import VideoSort

EXAMPLES: dict[str, tuple[Any, str]] = {
    "q": ("sea", "sea"),
    "root": ("one", "sea"),
    "folder": ("a", "sea"),
    "subfolders": (False, "moor"),
    "collection": ("0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11", "sea"),
    "codec": (frozenset({"av1", "vp9"}), "sea"),
    "not_codec": (frozenset({"H264", "vp9"}), "sea"),
    "hdr": ("HLG", "sea"),
    "height_class": (frozenset({"720p", "480p"}), "sea"),
    "orientation": (frozenset({"portrait", "square"}), "moor"),
    "min_height": (1000, "hill"),
    "min_duration": (60, "sea"),
    "max_duration": (10, "hill"),
    "min_rating": (4, "sea"),
    "has_rating": (False, "moor"),
    "favourite": (True, "sea"),
    "watched": ("yes", "sea"),
    "tags": ({"sea"}, "sea"),
    "not_tags": (frozenset({"wet", "dry"}), "moor"),
    "has_tags": (False, "moor"),
    "has_sound": (False, "moor"),
    "added_from": ("2024-07-01", "moor"),
    "added_before": ("2024-05-01T12:00:01+02:00", "sea"),
    "taken_from": ("2023-03-01T00:00:00Z", "hill"),
    "taken_before": ("2023-02-01", "sea"),
    "status": ({"bad"}, "broken"),
}
"""The value of a filter, and the name of the video that it finds in `test_filters.py`."""
SORTS = tuple(sort for sort in VideoSort if sort is not VideoSort.POSITION)
"""The orders of any list; that of a collection is tested with collections."""
FILTERS: dict[str, Any] = {name: value for name, (value, _) in EXAMPLES.items()}
