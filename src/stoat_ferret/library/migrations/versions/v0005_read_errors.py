"""Why a file could not be read lately, apart from what is known of its content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; what was bad because of its disk is read again by the next scan."""
    op.add_column("videos", sa.Column("read_error", sa.Text))
    op.add_column("videos", sa.Column("read_failed_at", sa.DateTime(timezone=True)))
    is_of_disk = (
        "status = 'bad' AND (reason LIKE 'It cannot be read (%' "
        "OR reason LIKE 'It could not be read within %' "
        "OR reason LIKE 'It is not there any more%')"
    )
    op.execute(f"UPDATE videos SET read_error = reason WHERE {is_of_disk}")  # noqa: S608  no input
