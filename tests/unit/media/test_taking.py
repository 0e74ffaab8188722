"""Recording times in the formats that cameras and programs write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stoat_ferret.media.media_record import taken_at

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


def recorded_at(tags: dict[str, str]) -> datetime | None:
    text = taken_at(tags)
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-06T12:00:00.000000Z",
        "2024-05-06T12:00:00Z",
        "2024-05-06T14:00:00+0200",
        "2024-05-06 12:00:00",
        " 2024-05-06T12:00:00\n",
    ],
)
def test_the_forms_that_files_have(text: str) -> None:
    assert recorded_at({"creation_time": text}) == NOON


def test_a_day_alone_is_its_first_moment() -> None:
    assert recorded_at({"date": "2024-05-06"}) == datetime(2024, 5, 6, tzinfo=UTC)


def test_the_time_with_the_zone_of_the_camera_comes_first() -> None:
    tags = {
        "creation_time": "2024-05-07T00:00:00Z",
        "com.apple.quicktime.creationdate": "2024-05-06T14:00:00+0200",
    }
    assert recorded_at(tags) == NOON


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"],
)
def test_what_is_no_time_is_not_known(text: str) -> None:
    assert recorded_at({"creation_time": text}) is None
