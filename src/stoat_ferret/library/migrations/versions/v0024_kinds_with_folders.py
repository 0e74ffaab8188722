"""The index of kinds with the folders, so that facets of a filter are counted in it alone."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the index anew, with two more columns. PostgreSQL has no such table."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP INDEX ix_video_groups_kind")
    op.execute("CREATE INDEX ix_video_groups_kind ON video_groups (kind, status, folder)")
