"""The kinds of jobs that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.edits.job import EDIT_VIDEOS, UNDO_EDIT
from stoat_ferret.pictures.storyboard_job import STORYBOARD
from stoat_ferret.render.run.batch_job import RENDER_BATCH
from stoat_ferret.render.run.job import RENDER
from stoat_ferret.scan.job import SCAN

if TYPE_CHECKING:
    from stoat_ferret.jobs.job import JobKind

JOB_KINDS: dict[str, JobKind] = {
    kind.name: kind for kind in (SCAN, STORYBOARD, RENDER, RENDER_BATCH, EDIT_VIDEOS, UNDO_EDIT)
}
"""Each kind by its name. One that is added here is listed, described and followed everywhere."""
