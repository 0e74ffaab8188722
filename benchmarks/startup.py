"""The cost of running a command to its end, and of starting a server up to its first answer.

python -m benchmarks.startup [--rounds 5] [--only serve]

Seconds of processor time, user and system, of the process itself and of those it started, and
seconds by the clock: the median of each. Bytecode is compiled beforehand, as pip does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import psutil
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILES = 5
ASKED = "/api/v1/videos?limit=1"


@dataclass(frozen=True)
class Cost:
    """Seconds: of the process itself, of the processes it started, and by the clock."""

    itself: float
    children: float
    clock: float


@dataclass(frozen=True)
class Place:
    """A place to run commands: with its own folders, and without the settings of the caller."""

    folder: Path

    @property
    def clips(self) -> Path:
        """The folder of a few videos."""
        return self.folder / "clips"

    def environment(self, data_dir: str) -> dict[str, str]:
        """The environment of a command for the data folder of this name."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STOAT_")}
        return {
            **kept,
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
            "PYTHONDONTWRITEBYTECODE": "",
            "STOAT_DATA_DIR": str(self.folder / data_dir),
            "STOAT_ROOTS": str(self.clips),
            "STOAT_PORT": "0",
            "STOAT_LOG_LEVEL": "warning",
        }

    def start(self, data_dir: str, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start the command in a process, its standard output to be read."""
        return subprocess.Popen(
            [sys.executable, "-m", "stoat_ferret", *arguments],
            env=self.environment(data_dir),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def cost_of(self, data_dir: str, *arguments: str | Path) -> Cost:
        """Return the cost of a command that ends by itself."""
        began = time.perf_counter()
        process = self.start(data_dir, *arguments)
        assert process.stdout is not None
        process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        clock = time.perf_counter() - began
        times = psutil.Process(process.pid).cpu_times()  # still a process: nobody has waited for it
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        assert process.returncode == 0, arguments
        children = times.children_user + times.children_system
        return Cost(used.ru_utime + used.ru_stime - children, children, clock)

    @contextmanager
    def server(self, data_dir: str) -> Iterator[Cost]:
        """Run a server that has given its first answer; yield what that cost."""
        began = time.perf_counter()
        process = self.start(data_dir, "serve", "--json")
        assert process.stdout is not None
        try:
            url = json.loads(process.stdout.readline())["url"]
            with build_opener(ProxyHandler({})).open(url + ASKED, timeout=30) as answer:
                answer.read()
            clock = time.perf_counter() - began
            seen = psutil.Process(process.pid)
            times = seen.cpu_times()
            children = times.children_user + times.children_system
            yield Cost(times.user + times.system, children + _living_children(seen), clock)
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


def _living_children(process: psutil.Process) -> float:
    seconds = 0.0
    for child in process.children(recursive=True):
        with child.oneshot():
            times = child.cpu_times()
        seconds += times.user + times.system
    return seconds


def cost_of_server(place: Place, data_dir: str) -> Cost:
    """Return the cost of a server until its first answer; stop it then."""
    with place.server(data_dir) as cost:
        return cost


def measure(place: Place, rounds: int, only: str) -> Iterator[tuple[str, list[Cost]]]:
    """Yield the costs of every start whose name contains `only`."""
    place.cost_of("known", "scan", place.clips, "--json")
    fresh = iter(f"fresh-{number}" for number in range(1000))
    alone: dict[str, Callable[[], Cost]] = {
        "--version": lambda: place.cost_of("known", "--version"),
        "--help": lambda: place.cost_of("known", "--help"),
        "render --help": lambda: place.cost_of("known", "render", "--help"),
        "videos --json": lambda: place.cost_of("known", "videos", "--json"),
        f"scan of {FILES} new files": lambda: place.cost_of(next(fresh), "scan", place.clips),
        f"scan of {FILES} known files": lambda: place.cost_of("known", "scan", place.clips),
        "serve, new data folder": lambda: cost_of_server(place, next(fresh)),
        "serve, known data folder": lambda: cost_of_server(place, "known"),
    }
    beside: dict[str, Callable[[], Cost]] = {
        "videos --json, beside a server": lambda: place.cost_of("known", "videos", "--json"),
        "jobs --json, beside a server": lambda: place.cost_of("known", "jobs", "--json"),
        "scan of known files, beside a server": lambda: place.cost_of("known", "scan", place.clips),
    }
    yield from _rounds(alone, rounds, only)
    if any(only in name for name in beside):
        with place.server("known"):
            yield from _rounds(beside, rounds, only)


def _rounds(
    starts: dict[str, Callable[[], Cost]], rounds: int, only: str
) -> Iterator[tuple[str, list[Cost]]]:
    for name, start in starts.items():
        if only in name:
            start()  # compiles, and fills the caches of the disk
            yield name, [start() for _ in range(rounds)]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="measure the starts whose name contains this")
    arguments = parser.parse_args()
    print(f"{'start':40} {'processor':>9} {'children':>9} {'clock':>9}   (median, s)")
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        small_clips(place.clips, FILES)
        for name, costs in measure(place, arguments.rounds, arguments.only):
            columns = zip(
                *((cost.itself, cost.children, cost.clock) for cost in costs), strict=True
            )
            print(f"{name:40}", *(f"{statistics.median(column):9.2f}" for column in columns))


if __name__ == "__main__":
    main()
