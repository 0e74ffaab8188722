"""Paused jobs, which keep their key and count their changes of state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_is_active = sa.text("status IN ('queued', 'running', 'paused')")


def upgrade() -> None:
    """Add the column of revisions, and the new state to the index of keys."""
    op.add_column("jobs", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.drop_index("ux_jobs_active_key", table_name="jobs")
    op.create_index(
        "ux_jobs_active_key",
        "jobs",
        ["key"],
        unique=True,
        sqlite_where=_is_active,
        postgresql_where=_is_active,
    )
