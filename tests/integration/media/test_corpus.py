"""Both probers over a folder of real files, named in `STOAT_CORPUS`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import MediaError

if TYPE_CHECKING:
    from stoat_ferret.media.prober import ProbedFile, Prober

CORPUS = os.environ.get("STOAT_CORPUS")
FILES = sorted(path for path in Path(CORPUS).rglob("*") if path.is_file()) if CORPUS else []


@pytest.mark.skipif(not FILES, reason="STOAT_CORPUS names no folder of files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_both_probers_tell_the_same(path: Path, probers: dict[str, Prober]) -> None:
    answers = [await _ask(prober, path) for prober in probers.values()]
    assert answers[0] == answers[1]


async def _ask(prober: Prober, path: Path) -> ProbedFile | tuple[type[MediaError], str | None]:
    try:
        return await prober.probe(path)
    except MediaError as error:
        return type(error), error.fingerprint
