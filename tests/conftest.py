"""The setup of every test: examples, reports of failures, the event loop, garbage collection."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from tests.examples import ARE_USUAL, examples

# Let the hundreds of commands that tests start use compiled files instead of compiling again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Importing and collecting the tests makes millions of objects that all stay. Python would search
# them for cycles again and again, which takes a tenth of a run, most of it here.
gc.set_threshold(20_000)

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


def pytest_collection_finish() -> None:
    """Exclude the objects that collection made from garbage collection."""
    gc.collect()
    gc.freeze()


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


@pytest.hookimpl(trylast=True)  # the terminal is a plugin then
def pytest_configure(config: pytest.Config) -> None:
    """Show failures at once, except in pytest-xdist workers, which show nothing."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresAtOnce(terminal), "failures-at-once")
