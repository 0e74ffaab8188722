"""Saved searches, and an index of the sound, to find the videos without any."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add both; recording times have been in their column since revision 0002."""
    is_present = sa.text("missing_since IS NULL")
    op.create_index(
        "ix_videos_by_audio_codec",
        "videos",
        ["status", "audio_codec", "number"],
        sqlite_where=is_present,
        postgresql_where=is_present,
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column(
            "name_key",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_searches"),
        sa.UniqueConstraint("name_key", name="uq_saved_searches_name_key"),
    )
