"""Detection of faults by the gate for blocking calls and by the test of the event loop.

python -m tests.integration.faults.detection

prints a table of all faults; it takes a minute or two.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.faults.fault import FAULTS, Fault

TOP = Path(__file__).parents[3]
_PARTS = ("src", "scripts", "tools", "tests", "pyproject.toml")
_TEST = "tests/integration/test_event_loop_responsiveness.py"
_GATE = "scripts/check_blocking_calls.py"


@dataclass(frozen=True)
class Tree:
    """A copy of the repository, to plant a fault in."""

    path: Path

    @classmethod
    def copy(cls, target: Path) -> Tree:
        """Copy what is needed to run the gate and the tests."""
        for part in _PARTS:
            source = TOP / part
            if source.is_dir():
                # With compiled files, which are valid for a copy; without those just being written.
                ignore = shutil.ignore_patterns("*.pyc.*", "static")
                shutil.copytree(source, target / part, ignore=ignore)
            else:
                shutil.copy(source, target / part)
        return cls(target)

    def run_gate(self) -> tuple[int, list[dict[str, Any]]]:
        """Return the exit code of the gate, and its findings."""
        result = self._run(_GATE, "--json", "src")
        assert result.returncode in {0, 1}, result.stderr
        return result.returncode, json.loads(result.stdout)

    def run_test(self, name: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the test of the event loop, or only the test function called `name`."""
        test = f"{_TEST}::{name}" if name else _TEST
        options = ["-q", "--tb=short", "-p", "no:cacheprovider", "--color=no"]
        return self._run("-m", "pytest", *options, test)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": str(self.path / "src")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,  # less than that of a test; it takes seconds if no other test runs
        )


@dataclass(frozen=True)
class Detection:
    """The result of a check for a fault: whether it was detected, and the output."""

    is_detected: bool
    output: str


def detect_by_gate(fault: Fault, tree: Tree) -> Detection:
    """Return whether the gate fails and names the file and the call."""
    return detect_among(fault, *tree.run_gate())


def detect_among(fault: Fault, code: int, findings: list[dict[str, Any]]) -> Detection:
    """Return whether the fault is among the `findings` of the gate, which ended with `code`."""
    is_detected = code == 1 and any(
        (fault.path or "") in text and (fault.call or "") in text
        for text in (f"{finding['path']} {finding['message']}" for finding in findings)
    )
    return Detection(is_detected, json.dumps(findings, indent=1))


def detect_by_test(fault: Fault, tree: Tree) -> Detection:
    """Return whether the test fails because the loop was held, and shows by what."""
    result = tree.run_test(fault.test)
    output = result.stdout
    is_loop = "the event loop was held" in output or "the server was frozen" in output
    is_detected = result.returncode == 1 and is_loop and (fault.culprit or "") in output
    return Detection(is_detected, output)


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{'fault':45} {'gate':6} test\n")
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            tree = Tree.copy(Path(folder))
            fault.plant(tree.path)
            seen = [detect_by_gate(fault, tree), detect_by_test(fault, tree)]
        gate, test = ("yes" if detection.is_detected else "no" for detection in seen)
        sys.stdout.write(f"{fault.name:45} {gate:6} {test}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
