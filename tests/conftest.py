"""Fixtures that every test may use."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asyncio only: the program uses its subprocesses."""
    return "asyncio"
