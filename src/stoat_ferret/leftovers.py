"""The removal of what jobs of dead processes left: their inventories, folders and pictures.

It belongs to the process that has put back the jobs of dead processes, after it has done so: what
an active job still needs is told from its record. A process that just starts removes nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import DatabaseError
from stoat_ferret.jobs.store import JobStore, active_ids
from stoat_ferret.library.reconcile.inventory import purge_inventories
from stoat_ferret.render.run.output_folder import sweep_renders

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.pictures.store import PictureStore
    from stoat_ferret.render.run.output_folder import OutputFolder

logger = structlog.get_logger(__name__)


async def remove_leftovers(
    database: Database, output: OutputFolder, pictures: PictureStore
) -> None:
    """Remove what no active job needs; meant for the background. A failure is only logged."""
    await asyncio.gather(remove_leftovers_of_jobs(database, output), pictures.sweep())


async def remove_leftovers_of_jobs(database: Database, output: OutputFolder) -> None:
    """Remove all of that but the pictures, as every command with jobs of its own can."""
    await asyncio.gather(_remove_inventories(database), sweep_renders(output, JobStore(database)))


async def _remove_inventories(database: Database) -> None:
    try:
        await purge_inventories(database, alive=active_ids())
    except DatabaseError as error:
        logger.warning("inventories_not_purged", reason=str(error))
