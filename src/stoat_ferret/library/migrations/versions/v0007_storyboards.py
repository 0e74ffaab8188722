"""Contact strips are called storyboards: a column of videos, and a kind of job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_jobs = sa.table("jobs", sa.column("kind"))


def upgrade() -> None:
    """Rename the column; the versions in it stay."""
    op.alter_column("videos", "strip_version", new_column_name="storyboard_version")
    op.execute(_jobs.update().where(_jobs.c.kind == "strip").values(kind="storyboard"))
