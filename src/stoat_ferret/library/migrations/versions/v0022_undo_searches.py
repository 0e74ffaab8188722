"""The table of saved searches that the renaming of a tag has changed, for its undo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "undo_searches",
        sa.Column(
            "undo",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("search_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["undo"],
            ["undos.number"],
            name=op.f("fk_undo_searches_undo_undos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("undo", "search_id", name=op.f("pk_undo_searches")),
    )
