"""The setup of every test: examples, reports of failures, the event loop, garbage collection."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings
from tests.examples import ARE_USUAL, examples

if TYPE_CHECKING:
    from collections.abc import Generator

# Let this process, the next ones, and the hundreds of commands that tests start use compiled files
# instead of compiling again: compiling all tests takes longer than importing and collecting them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What tests do to files is scanned when they say so; tests of watching turn it on.
os.environ["STOAT_WATCH"] = "off"
# Likewise for what follows scans once nothing else runs.
os.environ["STOAT_STORYBOARDS_AFTER_SCAN"] = "false"

# Importing and collecting the tests makes millions of objects that all stay. Python would search
# them for cycles again and again, which takes a tenth of a run, most of it here.
gc.set_threshold(20_000)

_CLEANUP_SECONDS = 120.0
"""The time that the cleanup of a test that failed may take."""

settings.register_profile(
    "stoat-ferret",
    # The time that an example takes depends on the load of the machine, not on the program.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(100),
    # A usual run fails because of a change and never by chance; a soak tries new examples.
    derandomize=ARE_USUAL,
    print_blob=True,
)
settings.load_profile("stoat-ferret")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Use asyncio only: the program uses its subprocesses."""
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect while no other process does, or at once after it: it compiles the tests for all."""
    if sys.platform == "win32":
        return (yield)
    import fcntl

    lock = os.open(Path(__file__).parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
        return (yield)
    finally:
        os.close(lock)


def pytest_collection_finish() -> None:
    """Exclude the objects that collection made from garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """Go on watching a test that has failed: its cleanup may wait for what did not happen.

    pytest-timeout and pytest itself stop watching then, for the sake of debuggers.
    """
    config = node.config
    if not isinstance(node, pytest.Item) or not config.pluginmanager.has_plugin("faulthandler"):
        return
    seconds = min(float(config.getini("faulthandler_timeout")), _CLEANUP_SECONDS)
    if seconds > 0 and not config.getoption("usepdb"):
        # Not `sys.stderr`, which is captured.
        stderr = config.stash[fault_handler_stderr_fd_key]
        faulthandler.dump_traceback_later(seconds, exit=True, file=stderr)


class FailuresAtOnce:
    """Shows a failure when it happens; pytest itself shows all of them at the end."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print the test's name and where it failed."""
        if report.failed:
            self._terminal.write_line("")
            self._terminal.write_sep("!", f"{report.nodeid} ({report.when})", red=True)
            self._terminal.write_line(report.longreprtext)
            self._terminal.flush()  # the process may be ended before it does so itself


@pytest.hookimpl(trylast=True)  # the terminal is a plugin then
def pytest_configure(config: pytest.Config) -> None:
    """Show failures at once, except in pytest-xdist workers, which show nothing."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresAtOnce(terminal), "failures-at-once")
