"""A detector of blocking calls on the event loop around every integration test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.blocking_calls import BlockingCalls

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def blocking_calls() -> Iterator[BlockingCalls]:
    """Run the detector until the end of the test run."""
    with BlockingCalls() as calls:
        yield calls


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop(blocking_calls: BlockingCalls) -> Iterator[None]:
    """Fail the test in which the package made a blocking call on an event loop.

    A blocking call that a shared server makes between two tests fails the second one.
    """
    blocking_calls.raise_all()
    yield
    blocking_calls.raise_all()
