"""Paused jobs, which keep their key and count their changes of state, and the scans of roots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_is_active = sa.text("status IN ('queued', 'running', 'paused')")


def upgrade() -> None:
    """Add the column of revisions, the new state to the index of keys, and the table of scans.

    A root with videos was scanned before; when it was is not known.
    """
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
    op.create_table(
        "root_scans",
        sa.Column("root_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["roots.id"], name=op.f("fk_root_scans_root_id_roots")
        ),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_root_scans")),
    )
    op.execute(
        "INSERT INTO root_scans (root_id, scanned_at) "
        "SELECT root_id, max(added_at) FROM videos GROUP BY root_id"
    )
