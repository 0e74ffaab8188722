"""Blocking calls that the package makes on an event loop fail the test in which they are made."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import pytest

import stoat_ferret

if TYPE_CHECKING:
    from tests.integration.blocking_calls import BlockingCalls

_SOURCE = """
import os

def look(path):
    return os.path.exists(path)

async def look_and_block(path):
    return look(path)

async def block_and_say_nothing(path):
    try:
        look(path)
        open(path).close()
    except Exception:
        pass
"""


@pytest.fixture
def planted() -> dict[str, Any]:
    """Return functions that seem to be in a module of the package."""
    names: dict[str, Any] = {}
    path = Path(stoat_ferret.__file__).parent / "planted.py"
    exec(compile(_SOURCE, path, "exec"), names)  # noqa: S102  the source is above
    return names


async def test_a_blocking_call_is_found_with_its_stack(
    planted: dict[str, Any], blocking_calls: BlockingCalls
) -> None:
    await planted["look_and_block"](".")
    with pytest.raises(AssertionError, match=r"os.stat is called on the event loop(.|\n)*in look"):
        blocking_calls.raise_all()


async def test_all_are_found_whoever_catches_what_they_raise(
    planted: dict[str, Any], blocking_calls: BlockingCalls
) -> None:
    with suppress(OSError):
        await planted["block_and_say_nothing"]("not there")
    with pytest.raises(AssertionError, match=r"os.stat is called(.|\n)*builtins.open is called"):
        blocking_calls.raise_all()


async def test_a_thread_may_block(planted: dict[str, Any], blocking_calls: BlockingCalls) -> None:
    await anyio.to_thread.run_sync(planted["look"], ".")
    blocking_calls.raise_all()


async def test_a_test_may_call_what_blocks(
    planted: dict[str, Any], blocking_calls: BlockingCalls
) -> None:
    planted["look"](".")
    blocking_calls.raise_all()
