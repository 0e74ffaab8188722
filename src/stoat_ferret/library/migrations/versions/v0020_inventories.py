"""The settings of inventories, so that any process can go on with the files of a scan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the columns; inventories without them are those of scans that died before."""
    op.add_column("inventories", sa.Column("settings", sa.JSON))
