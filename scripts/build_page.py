#!/usr/bin/env python3
"""Build the page in web/ into the package, unless the built page is current.

python3 scripts/build_page.py              build it
python3 scripts/build_page.py --packages   only install what it is built, checked and tested with
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]  # None says so

sys.path.insert(0, str(Path(__file__).parent))  # a build backend loads this by its path

import node

if TYPE_CHECKING:
    from collections.abc import Iterator

STATIC = node.TOP / "src" / "stoat_ferret" / "api" / "static"
DIGEST = "web.sha256"
"""The file in the built page that holds the `digest` of its sources."""

_LEFT_OUT = frozenset({"node_modules", "coverage"})


class PageBuildError(Exception):
    """The page could not be built; the text says what to do."""


def is_current(web: Path = node.WEB, static: Path = STATIC) -> bool:
    """Return whether the page is built from the sources in `web`, if these are shipped."""
    if not (static / "index.html").exists():
        return False
    built = static / DIGEST
    return not web.is_dir() or (built.exists() and built.read_text() == digest(web))


def digest(web: Path = node.WEB) -> str:
    """Return a hash of the names and contents of the page's sources."""
    total = hashlib.sha256()
    for path in sorted(_sources(web), key=lambda path: path.relative_to(web).as_posix()):
        content = path.read_bytes()
        total.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def build(web: Path = node.WEB, static: Path = STATIC) -> None:
    """Build the page; replace the old one when the new one is complete. Raises `PageBuildError`.

    If another process is building it, wait, and then build only if it is not current.
    """
    tools = node.TOP / ".tools"
    tools.mkdir(exist_ok=True)
    with locked(tools / "page.lock"):
        if not is_current(web, static):
            _build(web, static, tools / "page")


def _build(web: Path, static: Path, fresh: Path) -> None:
    before = fresh.with_name("page-before")
    wanted = digest(web)
    install(web)
    try:
        if node.run("npm", "run", "--silent", "build", "--", f"--outDir={fresh}", folder=web):
            raise PageBuildError("The page cannot be built; what Vite says is above.")
        (fresh / DIGEST).write_text(wanted)
        if static.exists():  # a server may start now: it is gone only for this moment
            static.rename(before)
        fresh.rename(static)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time hold the lock; without locks in the system, all do."""
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(web: Path = node.WEB, *, development: bool = False) -> None:
    """Install the packages in the lock file of `web`, unless they are installed.

    Those for `development`, which are most, check and test the page; building needs none of them.
    """
    if is_installed(web, development=development):
        return
    which = "--include=dev" if development else "--omit=dev"
    options = (which, "--ignore-scripts", "--prefer-offline", "--loglevel=error")
    if node.run("npm", "ci", *options, folder=web):
        raise PageBuildError(
            "npm could not install what the page is built with; its reason is above. The first "
            "build needs the network. Where that has a certificate authority of its own, name "
            "its file in NODE_EXTRA_CA_CERTS."
        )


def is_installed(web: Path = node.WEB, *, development: bool = False) -> bool:
    """Return whether `web` has the packages of its lock file, in their versions; see `install`."""
    record = web / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    wanted = json.loads((web / "package-lock.json").read_text())["packages"]
    present = json.loads(record.read_text())["packages"]
    return all(
        name in present and present[name].get("version") == package.get("version")
        for name, package in wanted.items()
        if name
        and not package.get("optional")
        and not package.get("devOptional")
        and not package.get("peer")
        and (development or not package.get("dev"))
    )


def _sources(web: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(web):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and name[0] != "."]
        yield from (Path(folder, name) for name in names if name[0] != ".")


def main(arguments: list[str]) -> int:
    """Build the page if it is needed; with --packages, only install packages."""
    try:
        if "--packages" in arguments:
            install(development=True)
        elif not is_current():
            print("Building the page …", file=sys.stderr, flush=True)
            build()
    except (PageBuildError, FileNotFoundError) as error:
        print(f"build_page.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
