"""A run makes its own segments, and promises no others."""

from __future__ import annotations

from stoat_ferret.playing.grid import Grid
from stoat_ferret.playing.transcoder import AHEAD, Transcoder


class NoStore:
    async def save(self, name: str, data: bytes) -> None:
        """Store nothing."""


def test_a_run_will_make_what_is_near_and_its_own() -> None:
    run = Transcoder(Grid.fixed(60), 4, NoStore())
    assert [number for number in range(20) if run.will_make(number)] == [*range(4, 4 + AHEAD + 1)]
    short = Transcoder(Grid.fixed(60).until(6), 4, NoStore())
    assert [number for number in range(20) if short.will_make(number)] == [4, 5]
