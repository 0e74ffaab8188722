"""Fixtures for the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.media import Gate
from tests.e2e.stoat import Stoat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Build an ffprobe that holds files back until its gate is opened."""
    with Gate.build(tmp_path / "gate") as gate:
        yield gate


@pytest.fixture
def stoat(tmp_path: Path) -> Stoat:
    """Return the command with a data folder that does not exist yet and an empty root."""
    return Stoat.build(tmp_path)
