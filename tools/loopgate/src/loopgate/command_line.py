"""The command line: paths in, findings out."""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from loopgate.evaluation import find_calls
from loopgate.project import Project
from loopgate.rules import check
from loopgate.source import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loopgate.rules import Finding

_DESCRIPTION = """Find synchronous calls that block the event loop: SF001 in asynchronous functions
and their files, SF002 in synchronous functions that run on the loop. `# blocking-ok: <reason>`
allows the calls on its line; SF003 is such a comment without a reason, or without a use."""
_EXIT = "Exit code: 0 without findings, 1 with some, 2 when something cannot be read or parsed."
_DEEPEST = 20_000
"""Frames for code as nested as the parser allows: hundreds of `elif`."""


def run() -> NoReturn:
    """Check the paths on the command line, and exit."""
    gc.disable()  # saves a third of the time: almost every object is needed to the end
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Check the paths, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=_DESCRIPTION, epilog=_EXIT)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files and folders")
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names that it cannot show
    found, problems = find(options.paths)
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            print(one)
    for problem in problems:
        print(f"cannot check {problem}", file=sys.stderr)
    if found and not options.json:
        print(f"{len(found)} {'finding' if len(found) == 1 else 'findings'}", file=sys.stderr)
    return 2 if problems else bool(found)


def find(paths: Sequence[Path]) -> tuple[list[Finding], list[str]]:
    """Return the findings in the files at and below `paths`, and what cannot be checked."""
    sources, problems = read_sources(paths)
    try:
        with _deep_recursion():
            project = Project(source.module for source in sources)
            find_calls(project)
    except RecursionError:
        return [], [*problems, "code that is nested this deeply"]
    return check(project.functions.values(), sources), problems


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
