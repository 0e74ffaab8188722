"""The files of a scan are read in ranges, each by whatever process takes it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from stoat_ferret.database import Database
from stoat_ferret.errors import RootEmptyError, ScanEndedError
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.library.tables import found_files, inventories
from stoat_ferret.scan.begin import BegunScan, begin_scan
from stoat_ferret.scan.chunk import FileRange, read_chunk
from stoat_ferret.scan.finish import finish_scan
from stoat_ferret.scan.request import ScanRequest, ScanTools
from stoat_ferret.scan.result import ProgressMeter, ScanResult
from stoat_ferret.scan.root_guard import RootGuard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.scan.conftest import ScannedFolder

NAMES = ["a.mp4", "b.mp4", "c/a.mp4", "c/b.mp4", "d.mp4"]


@pytest.fixture
async def elsewhere(scanned: ScannedFolder) -> AsyncIterator[ScanTools]:
    """Return the tools of another process over the same library."""
    database = Database(scanned.tools.database.engine.url)
    yield replace(scanned.tools, database=database)
    await database.aclose()


async def begin(scanned: ScannedFolder, result: ScanResult, **options: Any) -> BegunScan | None:
    given = {"on_progress": lambda _: None, "should_stop": lambda: False, **options}
    request = ScanRequest(root=scanned.root)
    return await begin_scan(request, scanned.tools, scan_id="scan", result=result, **given)


async def read(
    scanned: ScannedFolder, tools: ScanTools, begun: BegunScan, *bounds: str | None
) -> ScanResult:
    """Read the files after the first of `bounds` up to the second, as another process does."""
    result = ScanResult(root="")
    await read_chunk(
        scanned.root,
        tools,
        inventory=begun.inventory,
        guard=RootGuard(scanned.root.path),
        result=result,
        meter=ProgressMeter(begun.to_do, unit="files", clock=time.monotonic),
        on_progress=lambda _: None,
        should_stop=lambda: False,
        files=FileRange(*bounds),
    )
    return result


async def rows_left(scanned: ScannedFolder) -> int:
    async with scanned.tools.database.read() as connection:
        counts = [sa.select(sa.func.count()).select_from(one) for one in (inventories, found_files)]
        return sum([await connection.scalar(count) or 0 for count in counts])


async def test_ranges_that_different_processes_read_make_one_scan(
    scanned: ScannedFolder, elsewhere: ScanTools
) -> None:
    for name in NAMES:
        scanned.put("small-0.mp4", name)
    begun = await begin(scanned, found := ScanResult(root=""))
    assert begun
    assert (found.found, begun.to_do) == (5, 5)
    # Out of order, by either process; the middle is read twice, as after an interruption.
    assert (await read(scanned, elsewhere, begun, "c/a.mp4", None)).added == 2
    assert set(await scanned.ids()) == {"c/b.mp4", "d.mp4"}
    assert (await read(scanned, scanned.tools, begun, None, "b.mp4")).added == 2
    assert (await read(scanned, elsewhere, begun, "b.mp4", "c/a.mp4")).added == 1
    assert (await read(scanned, elsewhere, begun, "a.mp4", "c/b.mp4")).added == 0
    request = ScanRequest(root=scanned.root)
    await finish_scan(request, elsewhere, inventory=begun.inventory, is_complete=True)
    assert set(await scanned.ids()) == set(NAMES)
    assert await rows_left(scanned) == 0
    again = await scanned.scan()
    assert (again.unchanged, again.added, again.missing) == (5, 0, 0)


async def test_nothing_goes_on_with_a_scan_that_has_ended(scanned: ScannedFolder) -> None:
    scanned.put("small-0.mp4", "a.mp4")
    begun = await begin(scanned, ScanResult(root=""))
    assert begun
    request = ScanRequest(root=scanned.root)
    await finish_scan(request, scanned.tools, inventory=begun.inventory, is_complete=False)
    assert await rows_left(scanned) == 0
    with pytest.raises(ScanEndedError, match=r"The scan of root has ended\. Scan again"):
        await read(scanned, scanned.tools, begun)
    with pytest.raises(ScanEndedError):
        await finish_scan(request, scanned.tools, inventory=begun.inventory, is_complete=True)
    assert await scanned.ids() == {}


async def test_a_scan_that_did_not_begin_leaves_nothing(scanned: ScannedFolder) -> None:
    path = scanned.put("small-0.mp4", "a.mp4")
    assert await begin(scanned, ScanResult(root=""), should_stop=lambda: True) is None
    assert await rows_left(scanned) == 0
    await scanned.scan()
    path.unlink()
    with pytest.raises(RootEmptyError):
        await begin(scanned, ScanResult(root=""))
    assert await rows_left(scanned) == 0


async def test_an_inventory_has_the_same_settings_wherever_it_is_opened(
    scanned: ScannedFolder,
) -> None:
    from stoat_ferret.library.reconcile.inventory import Inventory

    folder = b"caf\xe9".decode("utf-8", "surrogateescape")
    made = await Inventory.begin(
        scanned.tools.database,
        scan_id="x",
        root=scanned.root,
        folder=folder,
        recursive=False,
        force=True,
        probe_version=3,
        thumbnail_version=2,
        parts=[FolderPart(f"{folder}/x", recursive=False), FolderPart(f"{folder}/y")],
    )
    same = await Inventory.reopen(scanned.tools.database, made.number, scanned.root)
    assert same._staging == made._staging
    await same.discard()
