"""Edits of tags in tests, which are small enough to need no running queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.edits.editor import BulkEditor
from stoat_ferret.edits.tags import TagEditor
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.bulk_edits import BulkOutcome
from stoat_ferret.library.tags import TagRepository

if TYPE_CHECKING:
    from stoat_ferret.database import Database


class TagEdits:
    """Edits of tags by their names; each returns the token that undoes it."""

    def __init__(self, database: Database) -> None:
        queue = AsyncioJobQueue({}, JobStore(database), recover=False)
        self.editor = TagEditor(database, BulkEditor(database, queue))
        self.tags = TagRepository(database)

    async def rename(self, tag: str, name: str, *, merge: bool = False) -> str:
        """Rename a tag, or merge it into another one."""
        outcome = await self.editor.rename(await self.id_of(tag), name, merge=merge)
        assert isinstance(outcome, BulkOutcome)
        return outcome.undo

    async def delete(self, tag: str) -> str:
        """Delete a tag."""
        outcome = await self.editor.delete(await self.id_of(tag))
        assert isinstance(outcome, BulkOutcome)
        return outcome.undo

    async def id_of(self, name: str) -> int:
        """Return the id of an existing tag."""
        tag = await self.tags.named(name)
        assert tag is not None
        return tag.id
