"""The server answers while it scans, even if reading a file is slow: its event loop is free.

Nothing here replaces a part of the program: a real server in a process of its own scans a real
folder of 100,000 entries, and another process sends it requests meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.crowded_folder import crowded_folder
from tests.e2e.stoat import Stoat
from tests.fake_programs import slow_program
from tests.integration import latency_probe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.serial

SCAN_SECONDS = 2.0
"""Time to watch the server while it reads files."""
PROBE_SECONDS = 1.0
"""Time that the slow ffprobe takes for a file."""
LONGEST_HOLD_SECONDS = (0.3, 0.6)
"""The bound for one hold of the event loop, whatever the machine: at least, and at most."""


@dataclass(frozen=True)
class Measurements:
    """The measurements of a server by the latency probe."""

    seen: dict[str, Any]
    log: str

    @property
    def idle_p99_seconds(self) -> float:
        """The time that 99 of 100 answers of the idle server stayed below."""
        times = sorted(seconds for times in self.seen["idle"].values() for seconds in times)
        return float(times[len(times) * 99 // 100])

    @property
    def bound_seconds(self) -> float:
        """The longest that code may hold the loop: ten times what an idle server needs."""
        least, most = LONGEST_HOLD_SECONDS
        return min(max(10 * self.idle_p99_seconds, least), most)

    @property
    def figures(self) -> dict[str, float]:
        """The figures for a report of the test run, in milliseconds."""
        scanning = self.seen["scanning"].items()
        answers = [seconds for what, times in scanning if what != "events" for seconds in times]
        figures = {
            "idle_p99": self.idle_p99_seconds,
            "longest_answer": max(answers),
            "bound": self.bound_seconds,
            "idle_hold": self.seen["idle_hold_seconds"],
            "hold": self.seen["hold_seconds"],
        }
        return {name: round(1000 * seconds, 1) for name, seconds in figures.items()}

    @property
    def stacks(self) -> str:
        """The stacks that held the loop, as the server has logged them."""
        entries = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        held = [entry for entry in entries if entry["event"].startswith("event_loop")]
        return "\n".join(f"{e['event']} {e['held_seconds']} s\n{e.get('stack')}" for e in held)

    def assert_never_frozen(self) -> None:
        """Check that every answer came in time, and that no code held the loop."""
        for what, times in self.seen["scanning"].items():
            longest = max(times)
            assert longest < latency_probe.FROZEN_SECONDS, (
                f"the server was frozen: {what} took {longest:.2f} s to answer\n{self.stacks}"
            )
        held, bound = self.seen["hold_seconds"], self.bound_seconds
        assert held <= bound, (
            f"the event loop was held for {held:.2f} s, which is more than {bound:.2f} s; idle, "
            f"the p99 of an answer is {self.idle_p99_seconds * 1000:.1f} ms\n{self.stacks}"
        )
        assert self.seen["looks"] > SCAN_SECONDS, "the server did not look at its event loop"


def measure(stoat: Stoat, folder: Path, record: Callable[[str, object], None]) -> Measurements:
    """Serve, scan `folder` while another process sends requests, and record the figures."""
    folders = (stoat.root / "names" / "00", folder)
    with stoat.serve() as serving:
        result = subprocess.run(
            [sys.executable, latency_probe.__file__, serving.url, *folders, str(SCAN_SECONDS)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert result.returncode == 0, f"{result.stderr}\n{serving.running.stderr}"
        measurements = Measurements(json.loads(result.stdout), serving.running.stderr)
    for name, milliseconds in measurements.figures.items():
        record(name, milliseconds)
    return measurements


@pytest.fixture(scope="module")
def root() -> Path:
    return crowded_folder()


@pytest.fixture
def stoat(tmp_path: Path, root: Path) -> Stoat:
    """Return a server that watches its loop closely."""
    closely = {"STOAT_LOOP_WARNING_SECONDS": "0.1", "STOAT_LOG_FORMAT": "json"}
    return Stoat(tmp_path, root, closely, is_prepared=False)


def test_the_server_answers_while_ffprobe_is_slow(
    stoat: Stoat, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    program = slow_program(tmp_path / "bin", seconds=PROBE_SECONDS)
    measurements = measure(
        stoat.having(STOAT_PROBER="ffprobe", STOAT_FFPROBE=str(program.path)),
        stoat.root,
        record_property,
    )
    measurements.assert_never_frozen()
    assert measurements.seen["job"]["progress_detail"]["phase"] == "probing"
    assert len(program.pids) > 2, "ffprobe did not run"


def test_the_server_answers_while_libav_reads_many_files_and_slow_ones(
    stoat: Stoat, record_property: Callable[[str, object], None]
) -> None:
    measurements = measure(stoat, stoat.root / "clips", record_property)
    measurements.assert_never_frozen()
    # On a quick machine some hundreds; a busy one reads fewer in these seconds.
    assert measurements.seen["job"]["progress_detail"]["done"] > 20
