"""When the page is rebuilt, and when it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import build_page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def web(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "src" / "main.tsx").write_text("start()")
    (web / "index.html").write_text("<div id='root'></div>")
    return web


@pytest.fixture
def static(tmp_path: Path, web: Path) -> Path:
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("built")
    (static / build_page.DIGEST).write_text(build_page.digest(web))
    return static


def test_a_page_is_current_until_what_it_is_made_of_changes(web: Path, static: Path) -> None:
    assert build_page.is_current(web, static)
    (web / "src" / "main.tsx").write_text("start(1)")
    assert not build_page.is_current(web, static)


def test_a_new_and_a_renamed_file_change_the_page(web: Path, static: Path) -> None:
    (web / "src" / "new.ts").touch()
    assert not build_page.is_current(web, static)
    (web / "src" / "new.ts").unlink()
    assert build_page.is_current(web, static)
    (web / "src" / "main.tsx").rename(web / "src" / "other.tsx")
    assert not build_page.is_current(web, static)


def test_what_tools_leave_behind_changes_nothing(web: Path, static: Path) -> None:
    for folder in ("node_modules", "coverage", ".vite"):
        (web / folder).mkdir()
        (web / folder / "index.js").touch()
    (web / ".DS_Store").touch()
    assert build_page.is_current(web, static)


def test_a_page_that_is_not_there_or_half_there_is_built(web: Path, static: Path) -> None:
    (static / build_page.DIGEST).unlink()
    assert not build_page.is_current(web, static)
    assert not build_page.is_current(web, static.with_name("nowhere"))


def test_where_only_the_built_page_is_shipped_there_is_nothing_to_build(
    tmp_path: Path, static: Path
) -> None:
    assert build_page.is_current(tmp_path / "no-web", static)


def test_packages_are_installed_where_the_lock_names_others(web: Path) -> None:
    wanted = {
        "": {"name": "page"},
        "node_modules/react": {"version": "19.3.1"},
        "node_modules/for-windows": {"version": "1.0.0", "optional": True},
    }
    (web / "package-lock.json").write_text(json.dumps({"packages": wanted}))
    assert not build_page.is_installed(web)
    (web / "node_modules").mkdir()
    for version in ("19.3.0", "19.3.1"):
        present = {"packages": {"node_modules/react": {"version": version}}}
        (web / "node_modules" / ".package-lock.json").write_text(json.dumps(present))
        assert build_page.is_installed(web) == (version == "19.3.1")


def test_building_needs_no_packages_for_development(web: Path) -> None:
    wanted = {
        "node_modules/vite": {"version": "8.3.8"},
        "node_modules/eslint": {"version": "9.39.0", "dev": True},
        "node_modules/types": {"version": "24.0.0", "devOptional": True},
    }
    (web / "package-lock.json").write_text(json.dumps({"packages": wanted}))
    (web / "node_modules").mkdir()
    record = web / "node_modules" / ".package-lock.json"
    record.write_text(json.dumps({"packages": {"node_modules/vite": wanted["node_modules/vite"]}}))
    assert build_page.is_installed(web)
    assert not build_page.is_installed(web, development=True)
    record.write_text(json.dumps({"packages": wanted}))
    assert build_page.is_installed(web, development=True)
