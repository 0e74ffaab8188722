"""Small projects for the gate to check."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from loopgate.command_line import find

if TYPE_CHECKING:
    from pathlib import Path

    from loopgate.rules import Finding

ASYNC = """
async def elsewhere():
    pass
"""
"""Makes a file one with asynchronous functions."""


class Sample:
    """A project in a folder, file by file; the text of each is dedented."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, **files: str) -> None:
        """Write `name.py` for each name; two underscores stand for a folder."""
        for name, text in files.items():
            inner = f"{name.removesuffix('____init__').replace('__', '/')}"
            path = self.folder / (
                f"{inner}/__init__.py" if name.endswith("____init__") else f"{inner}.py"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def find(self, **files: str) -> list[Finding]:
        """Return the findings in these files."""
        self.write(**files)
        found, problems = find([self.folder])
        assert problems == []
        return found

    def rules(self, **files: str) -> list[tuple[str, str]]:
        """Return rule and call of each finding in these files."""
        return [(one.rule, one.call) for one in self.find(**files)]


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path)
