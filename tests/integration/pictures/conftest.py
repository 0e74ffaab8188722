"""A scanned folder whose storyboards can be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.scan.conftest import ScannedFolder, scanned, workers

from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker
from stoat_ferret.pictures.storyboard_job import (
    StoryboardRequest,
    StoryboardResult,
    make_storyboards,
)

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.media.storyboard_maker import StoryboardMaker

__all__ = ["scanned", "workers"]


@dataclass(frozen=True)
class Storyboards:
    """Makes storyboards of the videos in a scanned folder."""

    folder: ScannedFolder
    files: PictureFiles
    maker: StoryboardMaker

    @property
    def versions(self) -> PictureVersions:
        return PictureVersions(self.folder.tools.database)

    def using(self, maker: StoryboardMaker) -> Storyboards:
        """Return the same with another maker."""
        return replace(self, maker=maker)

    async def make(
        self, request: StoryboardRequest | None = None, **options: Any
    ) -> StoryboardResult:
        """Make the storyboards of `request`, or all missing ones."""
        result = StoryboardResult()
        await make_storyboards(
            request or StoryboardRequest(),
            self.maker,
            self.versions,
            [self.folder.root],
            result=result,
            **{"on_progress": lambda _: None, "should_stop": lambda: False, **options},
        )
        return result

    async def known(self) -> dict[str, int]:
        """Return the versions of storyboards by path."""
        return {
            path: video.storyboard_version for path, video in (await self.folder.known()).items()
        }


@pytest.fixture
def storyboards(scanned: ScannedFolder, tmp_path: Path) -> Storyboards:
    """Return storyboards in a folder beside the root."""
    files = PictureFiles(str(tmp_path / "pictures"))
    files.make_folder()
    maker = LibavStoryboardMaker(scanned.workers, files.folder, step_seconds=60, timeout_seconds=60)
    return Storyboards(scanned, files, maker)
