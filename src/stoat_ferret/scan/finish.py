"""The last part of a scan: remember what was found, and delete its inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.database import finish
from stoat_ferret.library.reconcile.inventory import Inventory, discard_inventory

if TYPE_CHECKING:
    from stoat_ferret.scan.request import ScanRequest, ScanTools


async def finish_scan(
    request: ScanRequest, tools: ScanTools, *, inventory: int, is_complete: bool
) -> None:
    """End a begun scan; if all of its files were read, the next one need not compare them.

    Raises `ScanEndedError` if it has ended before.
    """
    try:
        if is_complete:
            opened = await Inventory.reopen(tools.database, inventory, request.root)
            await opened.remember_folders()
            if not request.parts:
                await opened.remember_scan()
    finally:
        await finish(discard_inventory(tools.database, inventory))
