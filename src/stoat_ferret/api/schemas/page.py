"""Lists as they go over the wire."""

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

_Item = TypeVar("_Item")


class Page(BaseModel, Generic[_Item]):
    """A part of a list, and where the next part begins."""

    items: list[_Item]
    next_cursor: str | None = Field(
        default=None, description="Send it as `cursor` to get the next part; null at the end."
    )
    total: int = Field(description="How many there are in the whole list.")
