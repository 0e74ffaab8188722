"""The bit rates of pictures and sound are those that a file states, or that its packets show."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.unit.render.world import World, source

from stoat_ferret.render.plan.excerpt import Excerpt
from stoat_ferret.render.plan.source import StreamHeader, Timing
from stoat_ferret.render.plan.source_rates import picture_rate

if TYPE_CHECKING:
    from stoat_ferret.render.plan.source import Source

SECONDS = 10


def known(timing: Timing, *, size_bytes: int = 1_000_000) -> Source:
    """Return a file of ten seconds, of which more is known."""
    plain = source(seconds=SECONDS)
    info = plain.info.model_copy(update={"size_bytes": size_bytes})
    return replace(plain, info=info, timing=timing)


def rate_of(file: Source) -> float:
    """Return the bits a second of the pictures of a file."""
    return picture_rate(Excerpt(file, Fraction(0), Fraction(SECONDS)))


def test_a_stated_bit_rate_is_taken() -> None:
    stated = Timing(streams={0: StreamHeader("video", bit_rate=123_000)}, picture_bytes=1.0)
    assert rate_of(known(stated)) == 123_000


@pytest.mark.parametrize(
    ("is_whole", "size_bytes", "is_believed"),
    [(True, 1_000_000, True), (False, 1_000_000, False), (False, 300_000, True)],
)
def test_the_pictures_at_both_ends_count_if_there_are_few_others(
    *, is_whole: bool, size_bytes: int, is_believed: bool
) -> None:
    timing = Timing(rate=Fraction(25), picture_bytes=200.0, is_whole=is_whole)
    assert (rate_of(known(timing, size_bytes=size_bytes)) == 200 * 8 * 25) is is_believed


def test_attached_files_are_not_pictures() -> None:
    font = StreamHeader("attachment", header_bytes=600_000)
    plain, with_font = (known(Timing(streams=streams)) for streams in ({}, {2: font}))
    assert rate_of(plain) - rate_of(with_font) == pytest.approx(600_000 * 8 / SECONDS)


@pytest.mark.parametrize("preset", ["audio", "web-720p", "archive"])
def test_silence_is_estimated_to_take_little(preset: str) -> None:
    sizes = []
    for rate in (2_000, 128_000):
        streams = {
            0: StreamHeader("video", bit_rate=10_000),
            1: StreamHeader("audio", bit_rate=rate),
        }
        sizes.append(World({"a": known(Timing(streams=streams))}).plan(preset).estimated_bytes)
    silent, loud = sizes
    assert silent < loud / 4
