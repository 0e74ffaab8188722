"""The table of the positions up to which videos were watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_is_started = sa.text("position_seconds > 0")


def upgrade() -> None:
    """Add the table of watches."""
    op.create_table(
        "video_watches",
        sa.Column(
            "video_number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("position_seconds", sa.Float, nullable=False),
        sa.Column("watched", sa.SmallInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_video_watches_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_number", name=op.f("pk_video_watches")),
    )
    op.create_index(
        "ix_video_watches_started",
        "video_watches",
        ["changed_at"],
        sqlite_where=_is_started,
        postgresql_where=_is_started,
    )
