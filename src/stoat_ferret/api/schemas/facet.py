"""Counts of kinds of videos as they go over the wire."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.library.facets import MAX_VALUES, FacetCount, Facets


class FacetCountResponse(BaseModel):
    """One value, and how many videos have it."""

    value: Display | None = Field(description="To filter by; null: not known, or none.")
    count: int


class FacetsResponse(BaseModel):
    """How many videos of each kind a list with the same filters has, the most first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": [{"value": "ok", "count": 120}, {"value": "missing", "count": 3}],
                    "root": [{"value": "Videos", "count": 120}],
                    "folder": [{"value": "holidays/2025", "count": 80}],
                    "codec": [{"value": "h264", "count": 100}, {"value": "hevc", "count": 20}],
                    "height_class": [{"value": "1080p", "count": 120}],
                    "hdr": [{"value": None, "count": 118}, {"value": "HLG", "count": 2}],
                    "tag": [{"value": "sea", "count": 12}],
                }
            ]
        }
    )

    status: list[FacetCountResponse] = Field(
        description="What the same filters find with each status, whichever is asked for."
    )
    root: list[FacetCountResponse]
    folder: list[FacetCountResponse] = Field(
        description="The folders directly in the one asked for, each with all below it; "
        f"at most {MAX_VALUES}, as of all others."
    )
    codec: list[FacetCountResponse]
    height_class: list[FacetCountResponse]
    hdr: list[FacetCountResponse]
    tag: list[FacetCountResponse]

    @classmethod
    def from_facets(cls, facets: Facets) -> Self:
        """`facets` in the form of the wire, each called like the filter it is for."""
        return cls(
            status=_counts(facets.statuses),
            root=_counts(facets.roots),
            folder=_counts(facets.folders),
            codec=_counts(facets.codecs),
            height_class=_counts(facets.heights),
            hdr=_counts(facets.hdr),
            tag=_counts(facets.tags),
        )


def _counts(counts: Sequence[FacetCount]) -> list[FacetCountResponse]:
    return [FacetCountResponse(value=one.value, count=one.count) for one in counts]
