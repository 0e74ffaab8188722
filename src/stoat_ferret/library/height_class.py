"""The names people have for the sizes of pictures: 2160p, 1080p and so on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from stoat_ferret.library.tables import videos


class HeightClass(StrEnum):
    """How large a picture is, whichever way it is held, and without the bars of wide films."""

    P2160 = "2160p"
    P1440 = "1440p"
    P1080 = "1080p"
    P720 = "720p"
    P480 = "480p"
    LOWER = "lower"


# The longer or the shorter side of the picture is at least this long.
_SIDES = {
    HeightClass.P2160: (3840, 2160),
    HeightClass.P1440: (2560, 1440),
    HeightClass.P1080: (1920, 1080),
    HeightClass.P720: (1280, 720),
    HeightClass.P480: (854, 480),
}


def height_class() -> sa.ColumnElement[str | None]:
    """The class of a row of videos; NULL where its size is not known."""
    width, height = videos.c.width, videos.c.height
    is_wide = width >= height
    longer = sa.case((is_wide, width), else_=height)
    shorter = sa.case((is_wide, height), else_=width)
    classes: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[Any]]] = [
        ((longer >= least_long) | (shorter >= least_short), sa.literal_column(f"'{name}'"))
        for name, (least_long, least_short) in _SIDES.items()
    ]
    lower: sa.ColumnElement[Any] = sa.literal_column(f"'{HeightClass.LOWER}'")
    return sa.case((width <= 0, sa.null()), *classes, else_=lower)
