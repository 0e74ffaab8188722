"""Signals cancel the running command."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from stoat_ferret.cli.terminal import Stop, accept_cancellation, run


def send(number: signal.Signals) -> None:
    """Send a signal to this process."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_what_does_not_mind(number: signal.Signals, code: int) -> None:
    async def main() -> None:
        send(number)
        await asyncio.Event().wait()

    with pytest.raises(SystemExit) as caught:
        run(main)
    assert caught.value.code == code


def test_what_catches_the_cancellation_returns_and_can_be_cancelled_again() -> None:
    stop = Stop()
    seen = []

    async def main() -> str:
        for number in (signal.SIGINT, signal.SIGTERM):
            send(number)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                accept_cancellation()
                seen.append(stop.exit_code)
            task = asyncio.current_task()
            assert task is not None
            assert not task.cancelling()
        return "tidied up"

    assert run(main, stop) == "tidied up"
    assert seen == [130, 143]


def test_without_a_signal_there_is_no_exit_code() -> None:
    async def main() -> int:
        return 7

    stop = Stop()
    assert run(main, stop) == 7
    assert stop.exit_code is None
