"""How videos were made, where this program made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of recipes."""
    op.create_table(
        "recipes",
        sa.Column(
            "video_number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("recipe", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_recipes_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_number", name=op.f("pk_recipes")),
    )
