"""Lines of ignore files: git's meaning of them, in bounded time."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.scan.ignore_pattern import MAX_LINE_CHARACTERS, IgnorePattern
from stoat_ferret.scan.ignore_rules import IgnoreRules

if TYPE_CHECKING:
    from pathlib import Path

PIECES = (
    *("a", "b", "ab", "-", "*", "**", "***", "?", "/", "/", "\\", "\\*", "\\/", "!", "#", " ", "]"),
    *("[ab]", "[!a]", "[^a]", "[a-c]", "[c-a]", "[!c-a]", "[]a]", "[^-]a]", "[a-]", "[a-b-c]"),
    *("[[:alpha:]]", "[[:punct:][:space:]]", "[[:nothing:]]", "[[:]", "[a", "[\\]]", "[a/b]", "["),
)
LINES = st.lists(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), min_size=1, max_size=4
)
NAMES = st.text("ab-*] [!\\", min_size=1, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
DEADLINE_SECONDS = 2.0


def rules(lines: list[str]) -> IgnoreRules:
    patterns = []
    for line in lines:
        try:
            pattern = IgnorePattern.parse(line)
        except ValueError:
            continue
        if pattern is not None:
            patterns.append(pattern)
    return IgnoreRules().and_below("", patterns)


def ignores(lines: list[str], path: str) -> bool:
    """Return whether a walk with these lines skips `path`, by itself or by a folder above it."""
    all_rules = rules(lines)
    parts = path.split("/")
    folders = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    return any(all_rules.ignore(folder, is_folder=True) for folder in folders) or all_rules.ignore(
        path
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run([git, "init", "--quiet", str(folder)], check=True)
    return folder


@settings(max_examples=examples(100), deadline=None)
@given(lines=LINES, paths=st.lists(PATHS, min_size=1, max_size=20, unique=True))
def test_a_line_means_what_git_says(repository: Path, lines: list[str], paths: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(lines) + "\n")
    # Quoted input is git's own way of reading names, so everything is separated by NUL.
    said = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=repository,
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    ignored = {path for path in said.stdout.decode().split("\0") if path}
    assert {path for path in paths if ignores(lines, path)} == ignored


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a*a*a*a*a*a*a*a*a*a*b", "a" * 120 + "1.mp4"),
        ("*a" * 400 + "b", "a" * 255),
        ("a*" * 450 + "[!b]?c", "a" * 255),
        ("**/" + "a*" * 300 + "b/c", "/".join(["a" * 250] * 16)),
        ("/**/a/b" * 120, "a/" * 2000 + "x"),
        ("**/a*a*" * 100 + "/x", "/".join(["a" * 20] * 190)),
        ("[[:alpha:]-a]*" * 70, "a" * 254 + "/"),
    ],
)
def test_no_line_takes_long(line: str, path: str) -> None:
    pattern = IgnorePattern.parse(line[:MAX_LINE_CHARACTERS])
    assert pattern is not None
    begun = time.perf_counter()
    assert not pattern.regex.match(path)
    assert time.perf_counter() - begun < DEADLINE_SECONDS


@settings(max_examples=examples(100), deadline=None)
@given(
    line=st.lists(
        st.sampled_from(("*a", "a*", "**/", "/**/", "?*", "[!b]*", "*/", "a")),
        min_size=50,
        max_size=200,
    ).map("".join),
    name=st.integers(1, 255),
    depth=st.integers(1, 16),
)
def test_no_line_takes_long_whatever_it_is(line: str, name: int, depth: int) -> None:
    try:
        pattern = IgnorePattern.parse(line)
    except ValueError:
        return
    assert pattern is not None
    path = "/".join(["a" * name] * depth) + "b"
    begun = time.perf_counter()
    pattern.regex.match(path)
    assert time.perf_counter() - begun < DEADLINE_SECONDS


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!", "it names nothing"),
        ("/", "it names nothing"),
        ("film[1.mp4", "a bracket in it is not closed"),
        ("[[:alpha:", "a bracket in it is not closed"),
        ("film\\", "it ends in a backslash"),
        ("[[:letters:]]", "there is no class of characters [:letters:]"),
        ("a" * (MAX_LINE_CHARACTERS + 1), "it is longer than 1,000 characters"),
    ],
)
def test_a_line_that_can_match_nothing_says_why(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        IgnorePattern.parse(line)


@pytest.mark.parametrize("line", ["", "   ", "# a comment"])
def test_comments_and_blank_lines_are_no_patterns(line: str) -> None:
    assert IgnorePattern.parse(line) is None


def test_a_question_mark_stands_for_one_character_of_any_script() -> None:
    assert ignores(["caf?.mp4"], "café.mp4")
    assert ignores(["caf?.mp4"], "caf\udce9.mp4")
