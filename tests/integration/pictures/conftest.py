"""A scanned folder whose contact strips can be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.scan.conftest import ScannedFolder, scanned

from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.media.picture_files import PictureFiles
from stoat_ferret.media.strip_maker import LibavStripMaker
from stoat_ferret.pictures.storyboard_job import StripRequest, StripResult, make_strips

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.media.strip_maker import StripMaker

__all__ = ["scanned"]


@dataclass(frozen=True)
class Strips:
    """Makes strips of the videos in a scanned folder."""

    folder: ScannedFolder
    files: PictureFiles
    maker: StripMaker

    @property
    def versions(self) -> PictureVersions:
        return PictureVersions(self.folder.tools.database)

    def using(self, maker: StripMaker) -> Strips:
        """The same, made by another maker."""
        return replace(self, maker=maker)

    async def make(self, request: StripRequest | None = None, **options: Any) -> StripResult:
        """Make those of `request`, or all that are missing."""
        result = StripResult()
        await make_strips(
            request or StripRequest(),
            self.maker,
            self.versions,
            [self.folder.root],
            result=result,
            **{"on_progress": lambda _: None, "should_stop": lambda: False, **options},
        )
        return result

    async def known(self) -> dict[str, int]:
        """The versions of strips by path."""
        return {path: video.strip_version for path, video in (await self.folder.known()).items()}


@pytest.fixture
def strips(scanned: ScannedFolder, tmp_path: Path) -> Strips:
    """Strips in a folder beside the root."""
    files = PictureFiles(str(tmp_path / "pictures"))
    maker = LibavStripMaker(scanned.workers, files.folder, step_seconds=60, timeout_seconds=60)
    return Strips(scanned, files, maker)
