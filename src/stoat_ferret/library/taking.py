"""When a video was taken, by what its file says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Apple's has the zone of the camera; the others are what containers keep.
_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")
_FIRST_YEAR = 1971  # cameras without a clock write the first moment of 1904 or of 1970


def taken_at(tags: Mapping[str, str]) -> datetime | None:
    """The moment in the tags of a container, in UTC; a time without a zone counts as UTC."""
    return next((moment for tag in _TAGS if (moment := _moment(tags.get(tag, "")))), None)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if utc.year >= _FIRST_YEAR else None
