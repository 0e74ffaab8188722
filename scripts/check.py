#!/usr/bin/env python3
"""Runs every check, with the Python of the virtual environment; arguments go to pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
_NODE = [PYTHON, "scripts/node.py"]
_CORPUS = TOP.parent / "shared" / "corpus" / "real"

CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "mypy": [PYTHON, "-m", "mypy"],
    "import-linter": [str(Path(PYTHON).with_name("lint-imports"))],
    "blocking calls": [PYTHON, "scripts/check_blocking_calls.py", "src"],
    "packages of the page": [PYTHON, "scripts/build_page.py", "--packages"],
    "types of the page": [PYTHON, "scripts/generate_api_types.py", "--check"],
    "tsc": [*_NODE, "npm", "run", "--silent", "typecheck"],
    "eslint": [*_NODE, "npm", "run", "--silent", "lint"],
    "vitest": [*_NODE, "npm", "run", "--silent", "test"],
    "pytest": [PYTHON, "-m", "pytest", "tests/unit", "tests/integration", "tests/e2e"],
    # A process of its own: the browser keeps one event loop for all the tests of its process.
    "pytest with a browser": [PYTHON, "-m", "pytest", "tests/browser"],
}


def main(pytest_arguments: list[str]) -> int:
    """Run all of them even where one fails; the exit code is 1 if any did."""
    if _CORPUS.is_dir():
        os.environ.setdefault("STOAT_CORPUS", str(_CORPUS))
    checks = dict(CHECKS)
    if pytest_arguments:  # they say what is run
        del checks["pytest with a browser"]
        checks["pytest"] = [PYTHON, "-m", "pytest", *pytest_arguments]
    failed = []
    for name, command in checks.items():
        print(f"── {name}", flush=True)
        start = time.monotonic()
        if subprocess.run(command, cwd=TOP, check=False).returncode:
            failed.append(name)
        print(f"── {name}: {time.monotonic() - start:.1f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
