#!/usr/bin/env python3
"""Run the checks, the static ones beside the tests, with the Python of the virtual environment.

python3 run.py test             every check
python3 run.py test --fast      the unit tests, and the static checks of what changed
python3 run.py test --soak      every check, and the tests that take long
python3 run.py test --postgresql  the tests of libraries and servers, over PostgreSQL
python3 run.py test ARG…        just these tests: what follows goes to pytest

`--soak` can be combined with ARGs. The changed files are those that differ from the upstream
branch, if there is one, else the uncommitted ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
_NODE = (PYTHON, "scripts/node.py")
_NPM = (*_NODE, "npm", "run", "--silent")
_MYPY = (PYTHON, "-m", "mypy")
# Child processes of the program have niceness 15, or what it has itself if that is greater: beside
# tests of niceness 0 they would hardly run.
_NICENESS_OF_BROWSERS = 15
_NICENESS_OF_TESTS = 17
_NICENESS_OF_STATIC_CHECKS = 19
_UNIT_TESTS = ("tests/unit", "tools/loopgate/tests")
_TESTS_OF_LIBRARIES = tuple(
    f"tests/integration/{name}" for name in ("api", "library", "scan", "jobs", "pictures")
)
_CORPUS = TOP.parent / "shared" / "corpus" / "real"


@dataclass(frozen=True)
class Check:
    """A command that exits with 0 if all is well.

    Its output is shown at once if it `is_live`, else when it ends. The greater its `niceness`,
    relative to this process, the more it leaves the processor to others: on few cores the tests of
    browsers, which share one process, take longest, then all other tests, and the run ends when
    the last one does.
    """

    name: str
    command: tuple[str, ...]
    is_live: bool = False
    niceness: int = 0


@dataclass(frozen=True)
class Outcome:
    """The result of a check; `cpu_seconds` includes all processes it started and waited for."""

    check: Check
    exit_code: int
    wall_seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        result = "ok" if self.exit_code == 0 else f"failed with {self.exit_code}"
        times = f"{self.wall_seconds:7.1f} s {self.cpu_seconds:7.1f} s"
        return f"{self.check.name:22} {times}  {result}"


@dataclass
class Run:
    """Checks that run, and the outcomes of those that have ended."""

    outcomes: list[Outcome] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _processes: set[subprocess.Popen[bytes]] = field(default_factory=set)

    def run_side_by_side(self, *lanes: list[Check]) -> None:
        """Run the lanes at once, and the checks of each one after the other."""
        with ThreadPoolExecutor(len(lanes)) as pool:
            try:
                list(pool.map(self._run_lane, lanes))
            except BaseException:
                for process in self._processes:
                    process.terminate()
                raise

    def _run_lane(self, checks: list[Check]) -> None:
        for check in checks:
            self._run(check)

    def _run(self, check: Check) -> None:
        if check.is_live:
            self._show(f"── {check.name}\n")
        start = time.monotonic()
        with subprocess.Popen(
            check.command,
            cwd=TOP,
            stdin=subprocess.DEVNULL,
            stdout=None if check.is_live else subprocess.PIPE,
            stderr=None if check.is_live else subprocess.STDOUT,
        ) as process:
            self._processes.add(process)
            if check.niceness and hasattr(os, "setpriority"):
                with suppress(ProcessLookupError):
                    os.setpriority(os.PRIO_PROCESS, process.pid, os.nice(0) + check.niceness)
            output = process.stdout.read() if process.stdout else b""
            exit_code, cpu_seconds = _wait(process)
            self._processes.discard(process)
        outcome = Outcome(check, exit_code, time.monotonic() - start, cpu_seconds)
        with self._lock:
            self.outcomes.append(outcome)
        self._show(f"── {outcome}\n{output.decode(errors='replace')}")

    def _show(self, text: str) -> None:
        """Print `text` on lines of its own, even if another check has begun a line."""
        with self._lock:
            sys.stdout.write(f"\n{text.rstrip()}\n")
            sys.stdout.flush()

    def report(self, wall_seconds: float) -> int:
        """Print how long each check took; return the exit code of the whole."""
        rows = [f"\n{'check':22} {'wall':>9} {'CPU':>9}", *map(str, self.outcomes)]
        cpu_seconds = sum(outcome.cpu_seconds for outcome in self.outcomes)
        rows.append(f"{'all of them':22} {wall_seconds:7.1f} s {cpu_seconds:7.1f} s")
        failed = [outcome.check.name for outcome in self.outcomes if outcome.exit_code]
        if failed:
            rows.append(f"failed: {', '.join(failed)}")
        self._show("\n".join(rows))
        return 1 if failed else 0


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, float]:
    """Wait for the end of `process`; return its exit code and the seconds of CPU it used."""
    if not hasattr(os, "wait4"):  # Windows
        return process.wait(), float("nan")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def static_checks() -> list[Check]:
    """Return all checks but the Python tests, the quick ones first."""
    return [
        Check("ruff check", (PYTHON, "-m", "ruff", "check", ".")),
        Check("ruff format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
        *_checks_of_structure(),
        Check("mypy", _MYPY, niceness=_NICENESS_OF_STATIC_CHECKS),
        Check("packages of the page", (PYTHON, "scripts/build_page.py", "--packages")),
        Check("types of the page", (PYTHON, "scripts/generate_api_types.py", "--check")),
        Check("oxlint and eslint", (*_NPM, "check"), niceness=_NICENESS_OF_STATIC_CHECKS),
        Check("vitest", (*_NPM, "test"), niceness=_NICENESS_OF_STATIC_CHECKS),
    ]


def _checks_of_structure() -> list[Check]:
    return [
        Check("import-linter", (str(Path(PYTHON).with_name("lint-imports")),)),
        Check("blocking calls", (PYTHON, "scripts/check_blocking_calls.py", "src")),
    ]


def static_checks_of(changed: list[str]) -> list[Check]:
    """Return the checks that may find something in the `changed` files, relative to the top."""
    checks = []
    python = [name for name in changed if name.endswith((".py", ".pyi"))]
    if python:
        checks.append(Check("ruff check", (PYTHON, "-m", "ruff", "check", *python)))
        checks.append(Check("ruff format", (PYTHON, "-m", "ruff", "format", "--check", *python)))
        checks.append(Check("mypy", _MYPY))
    if any(name.startswith(("src/", "tools/loopgate/src/")) for name in python):
        checks += _checks_of_structure()
    page = [name.removeprefix("web/") for name in changed if name.startswith("web/src/")]
    if page:
        checks.append(Check("oxlint and eslint", (*_NODE, "node", "check.js", *page)))
        checks.append(Check("vitest", (*_NODE, "vitest", "related", "--run", *page)))
    return checks


def changed_files() -> list[str] | None:
    """Return the files that differ from the upstream branch, else from HEAD; None without git."""
    upstream = _git("merge-base", "HEAD", "@{upstream}")
    base = upstream[0] if upstream else "HEAD"
    changed = _git("diff", "--name-only", "--diff-filter=d", base)
    new = _git("ls-files", "--others", "--exclude-standard")
    return None if changed is None or new is None else [*changed, *new]


def _git(*arguments: str) -> list[str] | None:
    """Return the lines that git prints; None if it fails."""
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=TOP, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return None if result.returncode else result.stdout.splitlines()


@dataclass(frozen=True)
class Tests:
    """The selection of tests, and the options that they run with."""

    is_soak: bool

    @property
    def marks(self) -> str:
        """The expression that selects them."""
        return "(soak or not soak)" if self.is_soak else "not soak"

    def command(self, *arguments: str) -> tuple[str, ...]:
        """Run pytest; marks among `arguments` replace these."""
        patience = ("--timeout=3600", "-o", "faulthandler_timeout=3660") if self.is_soak else ()
        return (PYTHON, "-m", "pytest", "-m", self.marks, *patience, *arguments)

    def lanes(self) -> tuple[list[Check], list[Check]]:
        """Return the tests of browsers, and all others that measure no time, to run side by side.

        The tests of browsers share one browser in a process only if no other tests run in it. Each
        process has a browser and servers of its own, so these are few; one would end last.
        There are more processes than cores, because tests wait for a third of their time. The
        output of the browser lane is shown at its end, so that the lanes do not share lines.
        """
        count = max(min(2, _cores()), _cores() // 2)
        browsers = self.in_processes(count, "tests of browsers", "tests/browser")
        folders = ("tests/e2e", "tests/integration", *_UNIT_TESTS)
        others = self.in_processes(_cores() + 1, "other tests", *folders)
        return [replace(browsers, niceness=_NICENESS_OF_BROWSERS)], [replace(others, is_live=True)]

    def in_processes(self, count: int, name: str, *paths: str) -> Check:
        """Run the tests in `paths` in `count` processes, all tests of a file in the same one.

        Files start in this order: a path whose files take long comes first, so that the last files
        to end are short.
        """
        # A process that had to be ended, and those that repeat its test, take minutes each.
        restarts = "--max-worker-restart=2"
        processes = ("-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder", restarts)
        marks = f"{self.marks} and not serial"
        arguments = ("-m", marks, *(processes if count > 1 else ()), *paths)
        return Check(name, self.command(*arguments), niceness=_NICENESS_OF_TESTS)

    def alone(self, name: str) -> Check:
        """Run the tests that measure time one after the other."""
        marks = f"{self.marks} and serial"
        return Check(name, self.command("-m", marks, *files_with_mark("serial")), is_live=True)


def files_with_mark(name: str) -> list[str]:
    """Return the test files that use a mark: pytest collects these faster than all."""
    folders = (TOP / "tests", TOP / "tools" / "loopgate" / "tests")
    files = sorted(file for folder in folders for file in folder.rglob("test_*.py"))
    return [
        str(file.relative_to(TOP)) for file in files if f"mark.{name}" in file.read_text("utf-8")
    ]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for; the exit code is 1 if any check failed."""
    options = {option for option in ("--fast", "--soak", "--postgresql") if option in arguments}
    rest = [argument for argument in arguments if argument not in options]
    tests = Tests(is_soak="--soak" in options)
    if _CORPUS.is_dir():
        os.environ.setdefault("STOAT_CORPUS", str(_CORPUS))
    if tests.is_soak:
        os.environ.setdefault("STOAT_TEST_EXAMPLES", "10")
    if rest:
        return subprocess.run(tests.command(*rest), cwd=TOP, check=False).returncode
    start = time.monotonic()
    run = Run()
    if "--postgresql" in options:
        os.environ["STOAT_TEST_POSTGRESQL"] = "1"
        libraries = tests.in_processes(_cores() + 1, "over PostgreSQL", *_TESTS_OF_LIBRARIES)
        run.run_side_by_side([replace(libraries, is_live=True)])
    elif "--fast" in options:
        changed = changed_files()
        static = static_checks() if changed is None else static_checks_of(changed)
        unit = tests.in_processes(_cores() + 1, "unit tests", *_UNIT_TESTS)
        run.run_side_by_side(static, [replace(unit, is_live=True)])
    else:
        run.run_side_by_side(static_checks(), *tests.lanes())
        run.run_side_by_side([tests.alone("tests that measure")])
    return run.report(time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
