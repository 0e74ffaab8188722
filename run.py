#!/usr/bin/env python3
"""Set everything up and run stoat-ferret; needs Python 3.11 and nothing else.

python3 run.py              set up, then `stoat-ferret serve`
python3 run.py test [ARG…]  set up, then every check; ARGs go to pytest
python3 run.py ARG…         set up, then `stoat-ferret ARG…`
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = Path(__file__).resolve().parent
sys.path.insert(0, str(TOP / "scripts"))

import build_page  # noqa: E402  it is in that folder
import node  # noqa: E402  so is this

VENV = TOP / ".venv"
UV_VENV = TOP / ".tools" / "uv"
LOCKS = {"run": TOP / "requirements" / "run.txt", "dev": TOP / "requirements" / "dev.txt"}
UV_LOCK = TOP / "requirements" / "uv.txt"
NODE_LOCK = TOP / "requirements" / "node.txt"
SYNC = ("pip", "sync", "--quiet", "--require-hashes")
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def fail(message: str) -> None:
    """End with one sentence and exit code 1."""
    raise SystemExit(f"run.py: {message}")


def program(venv: Path, name: str) -> Path:
    """Return the path of the program `name` in the virtual environment `venv`."""
    return venv / SCRIPTS / (f"{name}.exe" if os.name == "nt" else name)


def run(command: Sequence[str | Path], **environment: str) -> None:
    """Run `command` with its output on standard error; end this program if it fails."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=TOP,
        env={**os.environ, **environment},
        stdout=sys.stderr,
        check=False,
    )
    if result.returncode:
        fail(f"`{' '.join(str(part) for part in command)}` failed with {result.returncode}")


def find_uv() -> Path:
    """Return the uv of the lock file; pip installs it in a virtual environment of its own.

    Where this Python has a pip, that one does it: installing another takes several seconds.
    """
    uv = program(UV_VENV, "uv")
    stamp = UV_VENV / "stamp"
    wanted = digest(UV_LOCK)
    if uv.exists() and stamp.exists() and stamp.read_text() == wanted:
        return uv
    shutil.rmtree(UV_VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401  Debian leaves it out
        import venv
    except ImportError:
        fail(
            "this Python cannot make virtual environments. On Debian or Ubuntu: "
            "apt install python3-venv"
        )
    print("Getting uv …", file=sys.stderr, flush=True)
    found = importlib.util.find_spec("pip")
    venv.create(UV_VENV, with_pip=found is None)
    pip = ["-m", "pip"] if found is None else [str(Path(found.origin or "").parent)]
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    run([program(UV_VENV, "python"), *pip, *install, "-r", UV_LOCK])
    stamp.write_text(wanted)
    return uv


def make_page(uv: Path, venv: Path, kind: str) -> None:
    """Build the page with the Node in `venv`: that of development, or one of its own.

    While the packages of the server are installed, theirs is not complete.
    """
    if venv != VENV:
        if not program(venv, "python").exists():
            make_venv(uv, venv)
        run([uv, *SYNC, NODE_LOCK], **environment_for(venv))
    build = [program(venv, "python"), TOP / "scripts" / "build_page.py"]
    if kind == "dev":  # now, or they would be installed after those that the build needs
        run([*build, "--packages"])
    run(build)


def make_venv(uv: Path, venv: Path) -> None:
    """Make an empty virtual environment with this Python."""
    run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, venv])


def environment_for(venv: Path) -> dict[str, str]:
    """Return the variables of a uv that installs in `venv`."""
    # The certificates of the machine, for networks with an authority of their own.
    return {"UV_SYSTEM_CERTS": "1", "VIRTUAL_ENV": str(venv)}


def digest(*paths: Path) -> str:
    """Return a hash of this Python and of the files in `paths`."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def set_up(kind: str) -> None:
    """Make the virtual environment hold the packages of the lock file of `kind` (run or dev).

    The environment for development holds everything of the other one, so it serves for both. The
    page is built with the package, even if only the page has changed.
    """
    stamp = VENV / "stamp"
    wanted = {name: digest(lock, TOP / "pyproject.toml") for name, lock in LOCKS.items()}
    current = stamp.read_text() if stamp.exists() else ""
    installed = next((name for name in ("dev", kind) if current == wanted[name]), None)
    if installed and build_page.is_current():
        return
    uv = find_uv()
    stamp.unlink(missing_ok=True)
    with ThreadPoolExecutor() as pool:  # waits for both, whichever fails
        page = None
        if not build_page.is_current():
            page = pool.submit(make_page, uv, VENV if installed == "dev" else node.VENV, kind)
        if not installed:
            install_packages(uv, kind)
        if page is not None:
            page.result()
    # With the page built, this is quick.
    editable: list[str | Path] = [uv, "pip", "install", "--quiet", "--no-deps", "--editable", TOP]
    if (installed or kind) == "dev":  # what builds the package is installed
        editable.append("--no-build-isolation")
    run([*editable, "--build-constraints", LOCKS["dev"]], **environment_for(VENV))
    stamp.write_text(wanted[installed or kind])


def install_packages(uv: Path, kind: str) -> None:
    """Make the virtual environment hold the packages of the lock file of `kind`.

    Those of a server are compiled when they are first imported, for it to start soon; tests start
    many processes, which would all compile the same.
    """
    print("Installing …", file=sys.stderr, flush=True)
    if not program(VENV, "python").exists():
        make_venv(uv, VENV)
    compiling = ["--compile-bytecode"] if kind == "dev" else []
    run([uv, *SYNC, *compiling, LOCKS[kind]], **environment_for(VENV))


def main(arguments: list[str]) -> int:
    """Set up what `arguments` need, and do it."""
    if sys.version_info < (3, 11):  # noqa: UP036  the sentence is for those who have less
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    if arguments[:1] == ["test"]:
        set_up("dev")
        checks = [str(program(VENV, "python")), str(TOP / "scripts" / "check.py")]
        return subprocess.run([*checks, *arguments[1:]], check=False).returncode
    set_up("run")
    command = [str(program(VENV, "stoat-ferret")), *(arguments or ["serve"])]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  signals must reach the server itself
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
