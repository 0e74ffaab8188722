"""Schemas of saved searches."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.edits import TagName
from stoat_ferret.library.query import VideoList
from stoat_ferret.library.searches import MAX_SEARCHES, SavedSearch

_QUERY: dict[str, Any] = {"tag": ["sea"], "sort": "taken", "order": "desc"}
_EXAMPLE: dict[str, Any] = {"id": 3, "name": "At sea", "query": _QUERY}


class SearchResponse(BaseModel):
    """A saved search."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    name: str
    query: VideoList = Field(description="Its filters and order, as `GET /videos` takes them.")

    @classmethod
    def from_search(cls, search: SavedSearch) -> Self:
        """Return the schema for `search`."""
        return cls(id=search.id, name=search.name, query=search.query)


class SearchesResponse(BaseModel):
    """All saved searches, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})

    items: list[SearchResponse]


class SearchBody(BaseModel):
    """A search to save."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "At sea", "query": _QUERY}]}
    )

    name: TagName = Field(description="One line; case and accents do not distinguish names.")
    query: VideoList = Field(description="Filters and order, as `GET /videos` takes them.")
    position: int | None = Field(
        default=None, ge=0, lt=MAX_SEARCHES, description="Its place in the list; null: the last."
    )


class SearchPatch(BaseModel):
    """Changes of a saved search; what is null or missing stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "By the sea", "position": 0}]}
    )

    name: TagName | None = Field(default=None, description="Its new name.")
    query: VideoList | None = Field(default=None, description="Its new filters and order.")
    position: int | None = Field(
        default=None, ge=0, lt=MAX_SEARCHES, description="Its new place in the list."
    )
