"""The command in a terminal: a bar, a table, a question."""

from __future__ import annotations

import os
import pty
import select
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.clips import small_clips
from tests.e2e.prepared import Preparer
from tests.e2e.stoat import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.prepared import PreparedProcess
    from tests.e2e.stoat import Stoat

CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A terminal with one command in the foreground."""

    def __init__(self, descriptor: int, process: PreparedProcess) -> None:
        self.process = process
        self.screen = ""
        self._descriptor = descriptor

    def type(self, text: str) -> None:
        """Type `text`."""
        os.write(self._descriptor, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until `text` is shown."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while text not in self.screen:
            assert self._read(deadline - time.monotonic()), f"not shown: {self.screen!r}"

    def wait(self) -> int:
        """Read everything that it shows until it ends; return the exit code."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self._read(deadline - time.monotonic()):
            continue
        return self.process.wait(DEADLINE_SECONDS)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # Linux: the other side is closed
            return False
        self.screen += data.decode()
        return bool(data)


@contextmanager
def terminal(stoat: Stoat, *arguments: str | Path) -> Iterator[Terminal]:
    """Run the command in the foreground of a terminal of its own."""
    ours, theirs = pty.openpty()
    environment = {**stoat.environment, "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    words = [str(argument) for argument in arguments]
    process = Preparer.shared().start_with(words, environment, theirs, theirs, theirs)
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_scan_draws_a_bar_lists_are_tables_and_names_are_harmless(stoat: Stoat) -> None:
    clip, *_ = small_clips(stoat.root, 3)
    clip.rename(stoat.root / "\x1b[31m[red]x.mp4")
    with terminal(stoat, "scan", stoat.root) as screen:
        assert screen.wait() == 0
    assert "━" in screen.screen
    assert "\x1b[" in screen.screen
    assert "Scanned: 3 files in" in screen.screen.rsplit("\x1b", 1)[-1]
    with terminal(stoat, "videos") as screen:
        assert screen.wait() == 0
    assert "Path" in screen.screen
    assert "\\x1b[31m[red]x.mp4" in screen.screen
    assert "\x1b[31m" not in screen.screen
    assert "3 videos" in screen.screen


def test_the_first_start_offers_clips_and_a_later_one_asks_nothing(stoat: Stoat) -> None:
    stoat = stoat.having(STOAT_ROOTS="")
    with terminal(stoat, "serve") as screen:  # Ctrl-C at the question ends the command
        screen.wait_for("[y/N]")
        screen.type(CTRL_C)
        assert screen.wait() == 130
    assert "Traceback" not in screen.screen
    with terminal(stoat, "serve") as screen:  # no answer is a no
        screen.wait_for("[y/N]")
        screen.type(CTRL_D)
        screen.wait_for("serves http://")
    assert not (stoat.data_dir / "samples").exists()
    with terminal(stoat, "serve") as screen:
        screen.wait_for("serves http://")
        screen.type(CTRL_C)
        assert screen.wait() == 0
    assert "[y/N]" not in screen.screen
    assert "Stopped." in screen.screen
    assert "Traceback" not in screen.screen


def test_clips_that_are_wanted_are_made_and_scanned_once_it_serves(stoat: Stoat) -> None:
    stoat = stoat.having(STOAT_ROOTS="")
    samples = stoat.data_dir / "samples"
    with terminal(stoat, "serve") as screen:
        screen.wait_for("[y/N]")
        screen.type("y\n")
        screen.wait_for(f"root: {samples}")
    assert samples.exists()
    assert stoat.rows("SELECT kind FROM jobs") == [("scan",)]


def test_forgetting_asks_first(stoat: Stoat) -> None:
    first, _ = small_clips(stoat.root, 2)
    with stoat.serve() as server:
        server.scan(stoat.root)
        first.unlink()
        server.scan(stoat.root)
        for answer, code in (("n\n", 0), ("\n", 0), (CTRL_C, 130), ("y\n", 0)):
            assert stoat.statuses() == {"ok": 1, "missing": 1}
            with terminal(stoat, "forget", "--missing-for", "0h") as shown:
                shown.wait_for("Forget 1 video? [y/N]")
                shown.type(answer)
                assert shown.wait() == code
        assert stoat.statuses() == {"ok": 1}
