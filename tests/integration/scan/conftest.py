"""A folder, a library and real probers, for scans."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.clips import make_clip
from tests.postgresql import IS_USUAL
from uuid_utils.compat import uuid7

from stoat_ferret.config import EXCLUDED_FOLDERS, VIDEO_EXTENSIONS
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.library.video import Root, Video, VideoStatus
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.scan.ignore_rules import NameRules
from stoat_ferret.scan.scanner import ScanRequest, ScanTools, scan_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from stoat_ferret.media.prober import Prober
    from stoat_ferret.scan.result import ScanResult

EVERY_STATUS = frozenset(VideoStatus)


@dataclass(frozen=True)
class ScannedFolder:
    """A root on disk and the library that scans of it fill."""

    path: Path
    root: Root
    tools: ScanTools
    videos: VideoRepository
    workers: MediaWorkers

    def put(self, clip: str, name: str) -> Path:
        """Copy a clip to a name below the root."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(make_clip(clip).read_bytes())
        return target

    def using(self, prober: Prober) -> ScannedFolder:
        """Return the same folder and library, read by another prober."""
        return replace(self, tools=replace(self.tools, prober=prober))

    async def scan(
        self,
        folder: str = "",
        *,
        recursive: bool = True,
        force: bool = False,
        parts: Iterable[tuple[str, bool]] = (),
        growing: Iterable[str] = (),
        **options: Any,
    ) -> ScanResult:
        """Scan, and check that every found file is counted once."""
        request = ScanRequest(
            root=self.root,
            folder=folder,
            recursive=recursive,
            force=force,
            parts=tuple(FolderPart(*part) for part in parts),
            growing=frozenset(growing),
        )
        result = await scan_folder(request, self.tools, scan_id=str(uuid7()), **options)
        counts = result.as_json()
        names = ("added", "updated", "unchanged", "moved", "skipped", "failed")
        assert counts["found"] == sum(counts[name] for name in names), counts
        return result

    async def known(self) -> dict[str, Video]:
        """Return every record by its path; a present one hides a missing one."""
        page = await self.videos.find(VideoQuery(status=EVERY_STATUS, limit=500))
        assert page.next_cursor is None
        present = [video for video in page.items if video.missing_since is None]
        assert len({video.path for video in present}) == len(present)
        return {video.path: video for video in page.items} | {
            video.path: video for video in present
        }

    async def forget_all(self) -> None:
        """Delete every record."""
        for video in (await self.videos.find(VideoQuery(status=EVERY_STATUS, limit=500))).items:
            await self.videos.delete(video.id)

    async def ids(self) -> dict[str, str]:
        """Return the id of each present file."""
        known = await self.known()
        return {path: video.id for path, video in known.items() if video.missing_since is None}


# One process for a module, as for the many files of a scan: starting it costs more than most tests.
@pytest.fixture(scope="module")
async def workers() -> AsyncIterator[MediaWorkers]:
    """Open a pool of one worker process, which is gone after the module."""
    async with MediaWorkers(anyio.CapacityLimiter(1), idle_seconds=60) as workers:
        yield workers
    assert workers.pids == []


@pytest.fixture
async def scanned(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path, workers: MediaWorkers
) -> AsyncIterator[ScannedFolder]:
    """Open an empty root, whose files are read two at a time, by libav in one worker process."""
    path = tmp_path / "root"
    path.mkdir()
    if IS_USUAL:
        database = Database(request.getfixturevalue("postgresql_url"))
    else:
        shutil.copy(migrated_file, tmp_path / "library.db")  # blocking-ok: a small file of a test
        database = Database(sqlite_url(tmp_path / "library.db"))
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots([str(path)])
    tools = ScanTools(
        database=database,
        prober=LibavProber(workers, timeout_seconds=30),
        names=NameRules(extensions=VIDEO_EXTENSIONS, excluded_folders=EXCLUDED_FOLDERS),
        concurrency=2,
    )
    yield ScannedFolder(path, root, tools, videos, workers)
    await database.aclose()
