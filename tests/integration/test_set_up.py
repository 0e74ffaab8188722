"""The set-up of `run.py`, with a small program in place of uv."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import run

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
SECONDS = 60

# What is started in the background, as tests may be, ignores Ctrl-C from the start.
RUN = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "run.py"])
"""
# Each of the two parts waits until the other has begun.
UV = """#!/bin/sh
for last; do :; done
case "$1 $2 $last" in
  venv*) mkdir -p "$last/bin"; cp python stoat-ferret "$last/bin/" ;;
  *run.txt)
    echo installing
    echo > page-may-go &
    cat packages-may-go > /dev/null
    eval "$PACKAGES" ;;
esac
"""
PYTHON = """#!/bin/sh
echo building
echo > packages-may-go &
cat page-may-go > /dev/null
eval "$PAGE"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what `run.py` needs; nothing is installed but uv."""
    tree = tmp_path / "tree"
    for name in ("scripts", "requirements"):
        shutil.copytree(TOP / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("run.py", "pyproject.toml"):
        shutil.copy(TOP / name, tree / name)
    (tree / "web").mkdir()
    programs = tree / ".tools" / "uv" / "bin"
    programs.mkdir(parents=True)
    (programs.parent / "stamp").write_text(run.digest(tree / "requirements" / "uv.txt"))
    for path, text in (
        (programs / "uv", UV),
        (tree / "python", PYTHON),
        (tree / "stoat-ferret", "#!/bin/sh\necho started"),
    ):
        path.write_text(text)
        path.chmod(0o755)
    for name in ("page-may-go", "packages-may-go"):
        os.mkfifo(tree / name)
    return tree


@contextmanager
def started(tree: Path, *, page: str = "", packages: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start `run.py`; `page` and `packages` are what the two parts do in the end."""
    program = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=tree,
        env={**os.environ, "PAGE": page, "PACKAGES": packages},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with program:
        try:
            yield program
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)


def test_the_page_is_built_while_packages_are_installed(tree: Path) -> None:
    with started(tree) as program:
        output, log = program.communicate(timeout=SECONDS)
    assert (program.returncode, output) == (0, "started\n"), log
    assert {"installing", "building"} <= set(log.splitlines())


@pytest.mark.parametrize(
    ("part", "command"), [("page", "build_page.py"), ("packages", "requirements/run.txt")]
)
def test_a_part_that_fails_is_shown_with_its_command(tree: Path, part: str, command: str) -> None:
    with started(tree, **{part: "echo what is wrong; exit 3"}) as program:
        output, log = program.communicate(timeout=SECONDS)
    assert (program.returncode, output) == (1, "")
    assert "what is wrong" in log
    assert log.splitlines()[-1].endswith(f"{command}` failed with 3")
    assert not (tree / ".venv" / "stamp").exists()


def test_ctrl_c_ends_both_parts(tree: Path) -> None:
    waiting = "echo waiting >&2; exec sleep 600"
    with started(tree, page=waiting, packages=waiting) as program:
        assert program.stderr is not None
        for _ in range(2):
            while program.stderr.readline() != "waiting\n":
                assert program.poll() is None
        os.killpg(program.pid, signal.SIGINT)  # as a terminal does
        program.communicate(timeout=SECONDS)  # also waits for all that hold its output open
    assert program.returncode not in {0, None}
