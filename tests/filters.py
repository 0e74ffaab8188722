"""A value for each filter of videos; a new one needs a line here."""

from __future__ import annotations

from typing import Any

FILTERS: dict[str, Any] = {
    "q": "sea",
    "root": "one",
    "folder": "a",
    "codec": "av1",
    "hdr": "HLG",
    "height_class": "720p",
    "min_height": 1,
    "min_duration": 1,
    "max_duration": 1,
    "min_rating": 1,
    "tags": {"sea"},
    "status": {"bad"},
}
