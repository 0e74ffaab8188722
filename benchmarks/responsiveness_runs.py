"""Runs the test of the event loop many times in a row, and prints the figures of each run.

python -m benchmarks.responsiveness_runs [--runs 30] [--busy]

With --busy, each core meanwhile runs a program that does nothing but compute.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

TEST = "tests/integration/test_event_loop_responsiveness.py"


@contextmanager
def burner() -> Iterator[None]:
    """Run a program that keeps a core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def run_once(report: Path) -> tuple[bool, dict[str, dict[str, float]]]:
    """Return whether all tests passed, and the milliseconds that each has recorded."""
    options = ["-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, TEST],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        print(result.stdout)
    figures = {
        case.get("name", ""): {
            part.get("name", ""): float(part.get("value", "nan")) for part in case.iter("property")
        }
        for case in ET.parse(report).iter("testcase")  # noqa: S314  written here
    }
    return result.returncode == 0, figures


def main() -> int:
    """Run, print, and return 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--busy", action="store_true")
    arguments = parser.parse_args()
    failed = 0
    series: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for _ in range(os.cpu_count() or 1 if arguments.busy else 0):
            stack.enter_context(burner())
        for number in range(1, arguments.runs + 1):
            passed, figures = run_once(folder / "report.xml")
            failed += not passed
            for test, values in figures.items():
                print(f"{number:3} {'ok  ' if passed else 'FAIL'} {test:70} {values}", flush=True)
                for name, value in values.items():
                    series[name].append(value)
    for name, times in series.items():
        median = statistics.median(times)
        print(f"{name:15} median {median:7.1f} ms, longest {max(times):7.1f} ms")
    print(f"{arguments.runs - failed} of {arguments.runs} runs passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
