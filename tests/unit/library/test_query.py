"""The one list of filters: whatever is derived from it knows each field."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from tests.filters import FILTERS

from stoat_ferret.library.filters import filter_conditions
from stoat_ferret.library.query import VideoFilter, VideoQuery
from stoat_ferret.scan.rescan import RescanRequest

EACH_FILTER = pytest.mark.parametrize(
    "given", [{name: value} for name, value in FILTERS.items()], ids=list(FILTERS)
)


def test_each_filter_has_a_value_to_test_with() -> None:
    assert FILTERS.keys() == VideoFilter.model_fields.keys()


@EACH_FILTER
def test_a_list_is_only_of_words_without_other_filters(given: dict[str, Any]) -> None:
    assert VideoFilter(**given).is_only_words == (given.keys() <= {"q", "status"})


@EACH_FILTER
def test_a_stored_request_to_read_again_finds_the_same_videos(given: dict[str, Any]) -> None:
    request = RescanRequest(query=VideoFilter(**given))
    stored = json.loads(json.dumps(request.params))
    assert RescanRequest.from_params(stored) == request
    assert request.key != RescanRequest(query=VideoFilter()).key


@EACH_FILTER
def test_a_filter_is_a_condition_of_the_database(given: dict[str, Any]) -> None:
    """`q` is looked up separately, and `status` adds a condition of its own."""
    conditions = list(filter_conditions(VideoFilter(**given)))
    assert len(conditions) == (given.keys().isdisjoint({"q", "status"}))
    assert all(isinstance(one, sa.ColumnElement) for one in conditions)


def test_equal_filters_have_equal_parameters_whatever_their_order() -> None:
    tags = [f"tag {number}" for number in range(20)]
    filters = [VideoFilter(tags=order) for order in (tags, reversed(tags))]
    assert json.dumps(filters[0].as_params()) == json.dumps(filters[1].as_params())
    assert filters[0].as_params()["tags"] == sorted(tags)


@pytest.mark.parametrize("name", ["codec", "height_class"])
def test_a_job_of_an_older_version_has_one_value(name: str) -> None:
    (value, *_) = FILTERS[name]
    assert VideoFilter.model_validate({name: value}) == VideoFilter(**{name: [value]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-31", "2024-05-31T00:00:00+00:00"),
        ("2024-05-31T08:00:00+02:00", "2024-05-31T06:00:00+00:00"),
        ("2024-05-31T08:00", "2024-05-31T08:00:00+00:00"),
    ],
)
def test_dates_are_in_utc(text: str, expected: str) -> None:
    assert VideoFilter(added_from=text).as_params()["added_from"] == expected


@pytest.mark.parametrize(
    "text",
    [
        *("2024", "1717142400", "-1", "0.5", "", "May", "2024-13-01", "2024-05-31T25:00", 5, True),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_date_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="added_from"):
        VideoFilter(added_from=text)


def test_filters_are_taken_off_by_name() -> None:
    query = VideoQuery(codec=["av1"], tags=["sea"], has_sound=False, limit=7)
    assert query.without("codec", "has_sound") == VideoQuery(tags=["sea"], limit=7)


def test_a_page_is_no_filter() -> None:
    query = VideoQuery(limit=7, offset=3)
    assert query.as_params() == VideoFilter().as_params()
