"""What people change about videos."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TITLE_LENGTH = 500
MAX_NOTES_LENGTH = 10_000
"""So that a request of them fits, whatever the script they are written in."""
MAX_TAG_LENGTH = 100
MAX_TAGS_OF_VIDEO = 100
MAX_VIDEOS_BY_ID = 1000
"""The most videos that one edit may name."""
MAX_VIDEOS_OF_QUERY = 20_000
"""The most videos that one edit of what a query finds may change: others wait for it."""


class Keep(Enum):
    """Stands for what is left as it is, where None clears it."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoEdit:
    """Changes of what people say about a video, the same for each it is applied to.

    `tags` are all it has afterwards; `add_tags` and `remove_tags` leave the others. A rating is
    from 1 to 5. Names of tags are the same whatever their case and accents.
    """

    title: str | Literal[Keep.KEEP] | None = KEEP
    rating: int | Literal[Keep.KEEP] | None = KEEP
    notes: str | Literal[Keep.KEEP] | None = KEEP
    tags: Sequence[str] | Literal[Keep.KEEP] = KEEP
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()

    @property
    def has_labels(self) -> bool:
        """Whether it changes what is searched."""
        return (
            self.title is not KEEP
            or self.tags is not KEEP
            or bool(self.add_tags or self.remove_tags)
        )

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing at all."""
        return not self.has_labels and self.rating is KEEP and self.notes is KEEP
