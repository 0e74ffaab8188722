"""Every setting and command is documented, and what the documentation names exists."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from stoat_ferret.cli.program import COMMANDS, GROUPS
from stoat_ferret.config import Settings
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.render.request.options import RenderOptions

DOCS = Path(__file__).parents[2] / "docs"
NAMES = [
    *(command.__name__ for command, _ in COMMANDS),
    *(f"{group} {name}" for group, module in GROUPS.items() for name, _, _ in module.COMMANDS),
]
SETTINGS = [f"STOAT_{name.upper()}" for name in Settings.model_fields]


def settings_table() -> dict[str, str]:
    """Return the last cell of each row of docs/settings.md by the variable in its first cell."""
    text = (DOCS / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(STOAT_[A-Z_]+)` \|.*\| ([^|]*)\|$", text, re.MULTILINE)
    return {name: flag.strip(" `") for name, flag in rows}


def test_the_page_of_settings_has_a_row_for_each_and_for_no_other() -> None:
    assert sorted(settings_table()) == sorted(SETTINGS)


def test_each_setting_has_a_description() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


@pytest.mark.parametrize("command", NAMES)
def test_each_command_is_on_the_page_of_the_command_line(command: str) -> None:
    assert f"### `stoat-ferret {command}" in (DOCS / "command-line.md").read_text("utf-8")


def test_the_flags_of_serve_are_those_on_the_page_of_settings() -> None:
    serve = next(command for command, _ in COMMANDS if command.__name__ == "serve")
    flags = {
        "ROOT…" if name == "roots" else f"--{name.replace('_', '-')}"
        for name in inspect.signature(serve).parameters
        if name != "as_json"
    }
    assert {flag for flag in settings_table().values() if flag} == flags


@pytest.mark.parametrize("page", ["settings.md", "command-line.md"])
def test_pages_name_no_setting_that_is_none(page: str) -> None:
    named = set(re.findall(r"STOAT_[A-Z_]+", (DOCS / page).read_text("utf-8")))
    assert named <= set(SETTINGS)


def test_the_page_of_search_names_each_filter() -> None:
    text = (DOCS / "search.md").read_text("utf-8")
    for name, field in VideoFilter.model_fields.items():
        assert f"`{field.alias or name}`" in text, name


def test_the_page_of_renders_names_each_option() -> None:
    text = (DOCS / "rendering.md").read_text("utf-8")
    for name in RenderOptions.model_fields:
        assert f"`{name}`" in text, name


def named_tests(text: str) -> list[tuple[str, str]]:
    """Return the files and functions of the tests that a page names."""
    return re.findall(r"`([a-z0-9_]+/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", text)


TESTED_PAGES = pytest.mark.parametrize("page", ["security.md", "renders.md"])
"""Pages of promises in which the last cell of each row names tests."""


@TESTED_PAGES
def test_each_test_that_a_page_of_promises_names_exists(page: str) -> None:
    named = named_tests((DOCS / "promises" / page).read_text("utf-8"))
    assert len(named) > 50
    for file, name in named:
        text = (DOCS.parent / "tests" / file).read_text("utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"


@TESTED_PAGES
def test_no_promise_is_without_a_test(page: str) -> None:
    rows = [
        line
        for line in (DOCS / "promises" / page).read_text("utf-8").splitlines()
        if line.startswith("| ") and not line.endswith(("| tests |", "| test |"))
    ]
    assert len(rows) > 25
    for row in rows:
        tests = row.split("|")[-2]
        assert named_tests(tests), row
        assert tests.count("::") == len(named_tests(tests)), row


ARCHITECTURE = (DOCS / "architecture.md").read_text("utf-8")
TOP = DOCS.parent
PACKAGE = TOP / "src" / "stoat_ferret"


def test_each_path_that_the_page_of_the_architecture_names_exists() -> None:
    named = re.findall(
        r"`(?:\.venv/bin/python )?([\w./-]+(?:/|\.(?:py|tsx?|md|toml|sql)))`", ARCHITECTURE
    )
    assert len(named) > 60
    for path in named:
        assert (TOP / path).exists() or (PACKAGE / path).exists(), path


def test_each_name_in_the_page_of_the_architecture_is_defined_somewhere() -> None:
    """Checks classes, methods, and functions and fields with an underscore in their names."""
    files = [*PACKAGE.rglob("*.py"), *(TOP / "web" / "src").rglob("*.ts")]
    code = "\n".join(file.read_text("utf-8") for file in files)
    defined = set(
        re.findall(r"(?:\b(?:class|def|function) |^    (?=\w+:))(\w+)", code, re.MULTILINE)
    )
    for name in re.findall(r"`((?:[A-Z]\w+\.[a-z])?\w+)`", ARCHITECTURE):
        if is_name_of_code(name):
            assert set(name.split(".")) <= defined, name


def is_name_of_code(name: str) -> bool:
    """Return whether this names a class, a method or a function, rather than a file or a word."""
    is_file = any(path.exists() for path in (TOP / name, PACKAGE / name, PACKAGE / f"{name}.py"))
    return not is_file and (name[0].isupper() or "_" in name)


def test_the_picture_of_the_architecture_shows_each_layer_of_the_contract() -> None:
    contract = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    picture = ARCHITECTURE.partition("```mermaid")[2].partition("```")[0]
    shown = set(re.findall(r"\w+", picture))
    assert set(re.findall(r"\w+", " ".join(layers))) - {"__main__"} <= shown


def test_the_contract_on_frameworks_covers_each_layer_below_the_api() -> None:
    contract = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    imports, frameworks, *_ = contract["tool"]["importlinter"]["contracts"]
    assert "fastapi" in frameworks["forbidden_modules"]
    layers = set(re.findall(r"\w+", " ".join(imports["layers"]))) - {"__main__", "cli", "api"}
    assert {f"stoat_ferret.{layer}" for layer in layers} == set(frameworks["source_modules"])


LOOPGATE = TOP / "tools" / "loopgate" / "README.md"
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", LOOPGATE, *DOCS.rglob("*.md")]


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_each_link_of_a_page_leads_somewhere(page: Path) -> None:
    for path, anchor in re.findall(r"\]\(([^)\s#:]*)(?:#([^)]+))?\)", page.read_text("utf-8")):
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_each_python_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    for path in re.findall(r"[`\s]((?:[\w.-]+/)+[\w.-]+\.(?:py|tsx?|sql))\b", text):
        places = (TOP, PACKAGE, TOP / "tests", PACKAGE / "library")
        assert any((place / path).exists() for place in places), path
    for name in re.findall(r"benchmarks[./](\w+)", text):
        assert (TOP / "benchmarks" / f"{name}.py").exists(), name


def test_the_screenshots_are_small() -> None:
    images = list((DOCS / "images").iterdir())
    assert images
    assert all(image.stat().st_size < 60_000 for image in images)
