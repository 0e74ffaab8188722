"""Dozens of damaged files; `benchmarks.mutated_files` reads thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from benchmarks import mutated_files
from tests.clips import make_clip

if TYPE_CHECKING:
    from pathlib import Path


async def test_whatever_is_damaged_is_an_error_of_its_file() -> None:
    configured = structlog.get_config()
    try:
        report = await mutated_files.run(40, seed=12, timeout_seconds=60)
    finally:
        structlog.configure(**configured)
    assert report.is_good, "\n".join(report.lines())
    assert sum(report.outcomes.values()) == 80
    # Some are too damaged to read, and some are not.
    assert report.outcomes["libav ok"]
    assert report.outcomes["libav InvalidMediaError"]


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    made = [mutated_files.write(tmp_path, 1, n, ["h264.mp4"]).read_bytes() for n in (1, 1, 2)]
    assert made[0] == made[1]
    assert len({make_clip("h264.mp4").read_bytes(), *made}) == 3
