"""The tables of what bulk edits have replaced, so that they can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables, empty."""
    op.create_table(
        "undos",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.String(64)),
        sa.Column("found", sa.Integer),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("edited", sa.Integer, nullable=False),
        sa.Column("ended", sa.String(16)),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_undos")),
        sa.UniqueConstraint("token", name=op.f("uq_undos_token")),
        sa.UniqueConstraint("key", name=op.f("uq_undos_key")),
    )
    op.create_table(
        "undo_videos",
        sa.Column("undo", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("video_id", sa.String(36), nullable=False),
        sa.Column("fingerprint", sa.String(128)),
        sa.Column("revision_before", sa.Integer),
        sa.Column("revision", sa.Integer),
        sa.Column("before", sa.Text),
        sa.ForeignKeyConstraint(
            ["undo"], ["undos.number"], name=op.f("fk_undo_videos_undo_undos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("undo", "position", name=op.f("pk_undo_videos")),
    )
    op.create_index(op.f("ix_undo_videos_video_id"), "undo_videos", ["video_id"])
    has_fingerprint = sa.text("fingerprint IS NOT NULL")
    op.create_index(
        op.f("ix_undo_videos_fingerprint"),
        "undo_videos",
        ["fingerprint"],
        sqlite_where=has_fingerprint,
        postgresql_where=has_fingerprint,
    )
