"""Fixtures for the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.e2e.stoat import Stoat

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stoat(tmp_path: Path) -> Stoat:
    """The command with a data folder that does not exist yet and an empty root."""
    root = tmp_path / "videos"
    root.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    return Stoat(home, root)
