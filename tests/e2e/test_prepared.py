"""A prepared command does what one that Python starts anew does."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


@pytest.mark.parametrize(
    "arguments", [("--version",), ("videos", "--json"), ("forget",), ("scan", "/nowhere", "--json")]
)
def test_its_output_and_exit_code_are_the_same(stoat: Stoat, arguments: tuple[str, ...]) -> None:
    prepared, anew = (one.run(*arguments) for one in (stoat, stoat.unprepared()))
    assert prepared.returncode == anew.returncode
    assert (prepared.stdout, prepared.stderr) == (anew.stdout, anew.stderr)


def test_a_signal_is_its_exit_code(stoat: Stoat) -> None:
    with stoat.serve() as server:
        assert server.running.process.poll() is None
        server.running.send(signal.SIGKILL)
        assert server.running.wait() == -signal.SIGKILL
