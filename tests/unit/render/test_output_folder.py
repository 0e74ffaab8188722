"""Requirements on the output folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import OutputFolderError
from stoat_ferret.library.video import Root
from stoat_ferret.render.run.output_folder import OutputFolder
from stoat_ferret.render.run.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_file_that_cannot_be_looked_at_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path, Root(1, "renders", str(tmp_path)), "")
    (tmp_path / "made.mp4").write_bytes(b"made")
    assert await folder.size_of(Scratch(tmp_path), "made.mp4") == 4
    assert await folder.size_of(Scratch(tmp_path), "never.mp4") == 0
    with pytest.raises(OutputFolderError, match="not a directory"):
        await folder.size_of(Scratch(tmp_path / "made.mp4"), "in a file.mp4")
