"""Who notices a fault: the gate for blocking calls, and the test of the event loop.

python -m tests.integration.faults.detection

shows a table of all faults; it takes a minute or two.
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
    """A copy of the repository, to put a fault into."""

    path: Path

    @classmethod
    def copy(cls, target: Path) -> Tree:
        """Copy what is needed to run the gate and the tests."""
        for part in _PARTS:
            source = TOP / part
            if source.is_dir():
                # With what is compiled, which is valid for a copy; not what is just being written.
                ignore = shutil.ignore_patterns("*.pyc.*", "static")
                shutil.copytree(source, target / part, ignore=ignore)
            else:
                shutil.copy(source, target / part)
        return cls(target)

    def run_gate(self) -> tuple[int, list[dict[str, Any]]]:
        """The exit code of the gate and what it found."""
        result = self._run(_GATE, "--json", "src")
        assert result.returncode in {0, 1}, result.stderr
        return result.returncode, json.loads(result.stdout)

    def run_test(self, name: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run the test of the event loop, or the one of its tests that is called `name`."""
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
            timeout=110,
        )


@dataclass(frozen=True)
class Detection:
    """Whether a fault was noticed, and what was said."""

    is_given: bool
    said: str


def detect_by_gate(fault: Fault, tree: Tree) -> Detection:
    """The gate has to fail and to name the file and the call."""
    return detect_among(fault, *tree.run_gate())


def detect_among(fault: Fault, code: int, findings: list[dict[str, Any]]) -> Detection:
    """Return whether the fault is among the `findings` of the gate, which ended with `code`."""
    is_given = code == 1 and any(
        (fault.path or "") in said and (fault.call or "") in said
        for said in (f"{finding['path']} {finding['message']}" for finding in findings)
    )
    return Detection(is_given, json.dumps(findings, indent=1))


def detect_by_test(fault: Fault, tree: Tree) -> Detection:
    """The test has to fail for the reason that the loop was held, and to show by what."""
    result = tree.run_test(fault.test)
    said = result.stdout
    is_loop = "the event loop was held" in said or "the server was frozen" in said
    return Detection(result.returncode == 1 and is_loop and (fault.culprit or "") in said, said)


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{'fault':45} {'gate':6} test\n")
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            tree = Tree.copy(Path(folder))
            fault.plant(tree.path)
            seen = [detect_by_gate(fault, tree), detect_by_test(fault, tree)]
        gate, test = ("yes" if detection.is_given else "no" for detection in seen)
        sys.stdout.write(f"{fault.name:45} {gate:6} {test}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
