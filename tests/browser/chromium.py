"""A Chromium for the tests: the configured one, one of the machine, or one from npm."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import build_page
import node

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_PACKAGE = Path(__file__).parent / "chromium_package"
_TOOLS = node.TOP / ".tools" / "chromium"

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
"""The configuration of fonts: that of the package names other folders."""


@dataclass(frozen=True)
class Chromium:
    """A program, and its environment variables beside those of the tests."""

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    """Return `STOAT_CHROMIUM`, else one on `PATH`, else the npm package @sparticuz/chromium.

    The package is downloaded into `.tools` once. It has the libraries and a font that a machine
    without a desktop lacks.
    """
    if named := os.environ.get("STOAT_CHROMIUM"):
        return Chromium(Path(named))
    for name in _NAMES:
        if found := shutil.which(name):
            return Chromium(Path(found))
    return _fetch()


def _fetch() -> Chromium:
    lock = _PACKAGE / "package-lock.json"
    folder = _TOOLS / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    _TOOLS.mkdir(parents=True, exist_ok=True)
    with build_page.locked(_TOOLS / "fetching.lock"):
        if not folder.exists():
            _fill(folder)
    unpacked = folder / "unpacked"
    return Chromium(
        unpacked / "chromium",
        {
            "LD_LIBRARY_PATH": str(unpacked / "al2023" / "lib"),
            "FONTCONFIG_PATH": str(unpacked / "fonts"),
        },
    )


def _fill(folder: Path) -> None:
    """Put the browser into `folder`, which appears only when it is complete."""
    fresh = _TOOLS / "fetching"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(_PACKAGE, fresh)
    (fresh / "unpacked").mkdir()
    options = ("--ignore-scripts", "--loglevel=error")
    assert node.run("npm", "ci", *options, folder=fresh) == 0, "npm fetches no Chromium"
    variables = {"TMPDIR": str(fresh / "unpacked")}
    assert node.run("node", "unpack.mjs", folder=fresh, **variables) == 0
    (fresh / "unpacked" / "fonts" / "fonts.conf").write_text(
        _FONTS.format(fonts=folder / "unpacked" / "fonts", cache=folder / "fonts-cache")
    )
    shutil.rmtree(fresh / "node_modules")
    fresh.rename(folder)
