"""The table that maps errors to problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoat_ferret import errors
from stoat_ferret.api.problems import PROBLEMS, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def own_errors(parent: type[errors.StoatFerretError]) -> Iterator[type[errors.StoatFerretError]]:
    yield parent
    for child in parent.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from own_errors(child)


OWN_ERRORS = sorted(set(own_errors(errors.StoatFerretError)), key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", OWN_ERRORS, ids=lambda cls: cls.__name__)
def test_every_error_has_its_own_line_in_the_table(cls: type[errors.StoatFerretError]) -> None:
    assert cls in PROBLEMS


def test_no_two_errors_share_a_type() -> None:
    slugs = [kind.slug for kind in PROBLEMS.values()]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("cls", OWN_ERRORS, ids=lambda cls: cls.__name__)
def test_every_problem_is_an_error_over_http(cls: type[errors.StoatFerretError]) -> None:
    kind = kind_of(cls)
    assert 400 <= kind.status < 600
    assert kind.title[0].isupper()
    assert kind.type == f"urn:stoat-ferret:problem:{kind.slug}"


def test_an_error_that_is_not_in_the_table_is_answered_like_its_parent() -> None:
    class BrandNewError(errors.JobNotFoundError):
        pass

    assert kind_of(BrandNewError("x")) is PROBLEMS[errors.JobNotFoundError]
