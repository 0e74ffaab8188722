"""Fixtures that every test may use."""

from __future__ import annotations

import os

import pytest

# The commands that tests start, hundreds of them, need not compile the program each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asyncio only: the program uses its subprocesses."""
    return "asyncio"
