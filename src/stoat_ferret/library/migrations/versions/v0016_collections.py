"""The tables of collections and of markers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "collections",
        sa.Column("number", _number, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", _ordered, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_collections"),
        sa.UniqueConstraint("id", name="uq_collections_id"),
        sa.UniqueConstraint("name_key", name="uq_collections_name_key"),
    )
    op.create_table(
        "collection_videos",
        sa.Column("collection", _number, autoincrement=False, nullable=False),
        sa.Column("video_number", _number, autoincrement=False, nullable=False),
        sa.Column("position", _ordered, nullable=False),
        _belongs_to("collection_videos", "collection", "collections"),
        _belongs_to("collection_videos", "video_number", "videos"),
        sa.PrimaryKeyConstraint("collection", "video_number", name="pk_collection_videos"),
    )
    op.create_index(
        "ix_collection_videos_position",
        "collection_videos",
        ["collection", "position", "video_number"],
    )
    op.create_index("ix_collection_videos_video_number", "collection_videos", ["video_number"])
    op.create_table(
        "markers",
        sa.Column("number", _number, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("video_number", _number, nullable=False),
        sa.Column("start_seconds", sa.Float, nullable=False),
        sa.Column("end_seconds", sa.Float),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("searchable", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        _belongs_to("markers", "video_number", "videos"),
        sa.PrimaryKeyConstraint("number", name="pk_markers"),
        sa.UniqueConstraint("id", name="uq_markers_id"),
    )
    op.create_index("ix_markers_video_number", "markers", ["video_number"])


def _belongs_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.number"],
        name=f"fk_{table}_{column}_{other}",
        ondelete="CASCADE",
    )
