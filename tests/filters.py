"""A value for each filter of videos, and the video that it finds; a new one needs a line here."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, tuple[Any, str]] = {
    "q": ("sea", "sea"),
    "root": ("one", "sea"),
    "folder": ("a", "sea"),
    "subfolders": (False, "top"),
    "codec": ("av1", "sea"),
    "hdr": ("HLG", "sea"),
    "height_class": ("720p", "sea"),
    "min_height": (1000, "hill"),
    "min_duration": (60, "sea"),
    "max_duration": (10, "hill"),
    "min_rating": (4, "sea"),
    "watched": ("yes", "sea"),
    "tags": ({"sea"}, "sea"),
    "status": ({"bad"}, "broken"),
}
"""The value of a filter, and the name of the video that it finds in `test_filters.py`."""
FILTERS: dict[str, Any] = {name: value for name, (value, _) in EXAMPLES.items()}
