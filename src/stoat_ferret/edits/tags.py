"""Edits of tags: rename, merge and delete, as bulk edits of all videos that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import TagExistsError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.annotations import VideoEdit
from stoat_ferret.library.bulk_edits import BulkChange, BulkOutcome
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.searches import SearchRepository
from stoat_ferret.library.tags import TagRepository
from stoat_ferret.library.undo import UndoLog
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.edits.editor import BulkEditor
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.library.tags import Tag


class TagEditor:
    """Changes tags on all of their videos, at once or by a job; each change can be undone."""

    def __init__(self, database: Database, editor: BulkEditor) -> None:
        self._tags = TagRepository(database)
        self._searches = SearchRepository(database)
        self._undos = UndoLog(database)
        self._editor = editor

    async def rename(self, tag_id: int, name: str, *, merge: bool = False) -> BulkOutcome | Job:
        """Rename a tag; with `merge`, the name may be that of another tag, which then has both.

        Saved searches for it look for the new name, and for the old one again once it is undone.

        Raises `TagNotFoundError`, `TagExistsError` and the errors of `BulkEditor.edit_found`.
        """
        tag = await self._tags.get(tag_id)
        if fold(name) == fold(tag.name):
            return BulkOutcome(tag.videos, (), await self._tags.respell(tag_id, name))
        other = await self._tags.named(name)
        if other is not None and not merge:
            raise TagExistsError(other.name)
        outcome = await self._edit(tag, VideoEdit(add_tags=[name], remove_tags=[tag.name]))
        await self._searches.rename_tag(tag.name, name, undo=await self._token_of(outcome))
        return outcome

    async def delete(self, tag_id: int) -> BulkOutcome | Job:
        """Remove a tag from all videos.

        Raises `TagNotFoundError` and the errors of `BulkEditor.edit_found`.
        """
        tag = await self._tags.get(tag_id)
        return await self._edit(tag, VideoEdit(remove_tags=[tag.name]))

    async def _token_of(self, outcome: BulkOutcome | Job) -> str:
        if isinstance(outcome, BulkOutcome):
            return outcome.undo
        return (await self._undos.get(outcome.params["undo"])).token

    async def _edit(self, tag: Tag, edit: VideoEdit) -> BulkOutcome | Job:
        tagged = VideoFilter(tags=frozenset([tag.name]), status=frozenset(VideoStatus))
        return await self._editor.edit_found(tagged, BulkChange(edit))
