"""Questions about files in a root."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import RootUnavailableError
from stoat_ferret.scan.root_guard import RootGuard

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_file_that_does_not_answer_is_not_its_disk(tmp_path: Path) -> None:
    gate, guard = threading.Event(), RootGuard(str(tmp_path))
    unplugged = RootGuard(str(tmp_path / "unplugged"))
    try:
        assert await guard.ask(max, 1, 2) == 2
        assert await guard.ask(gate.wait, timeout_seconds=0.01) is None
        with pytest.raises(RootUnavailableError):
            await unplugged.ask(gate.wait, timeout_seconds=0.01)
    finally:
        gate.set()
