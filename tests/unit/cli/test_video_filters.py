"""The command that lists videos takes every filter."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, get_args, get_type_hints

import pytest
from annotated_types import Ge

from stoat_ferret.cli.commands.videos import videos
from stoat_ferret.library.query import VideoFilter

PARAMETERS = get_type_hints(videos, include_extras=True)
FIELDS = {field.alias or name: field for name, field in VideoFilter.model_fields.items()}


def test_each_filter_is_an_option() -> None:
    assert PARAMETERS.keys() >= FIELDS.keys()


@pytest.mark.parametrize("name", FIELDS)
def test_an_option_has_the_lower_limit_of_its_filter(name: str) -> None:
    (option,) = PARAMETERS[name].__metadata__
    least = next((one.ge for one in FIELDS[name].metadata if isinstance(one, Ge)), None)
    assert option.min == least


@pytest.mark.parametrize("name", FIELDS)
def test_an_option_has_the_choices_of_its_filter(name: str) -> None:
    assert choices(PARAMETERS[name]) == choices(FIELDS[name].annotation)


def choices(annotation: Any) -> set[str]:
    """Return the values of the enumerations and literals in a type."""
    if isinstance(annotation, str):
        return {annotation}
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return set(annotation)
    return set().union(*map(choices, get_args(annotation)))
