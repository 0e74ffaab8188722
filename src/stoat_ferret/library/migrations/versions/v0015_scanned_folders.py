"""The table of the folders that were scanned, which are the ones to watch."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the table; of an older library, the folder that holds all videos of a root counts."""
    table = op.create_table(
        "scanned_folders",
        sa.Column("root_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("path", sa.LargeBinary, nullable=False),
        sa.Column("recursive", sa.SmallInteger, nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["roots.id"], name=op.f("fk_scanned_folders_root_id_roots")
        ),
        sa.PrimaryKeyConstraint("root_id", "path", "recursive", name=op.f("pk_scanned_folders")),
        sqlite_with_rowid=False,
    )
    # The common beginning of the first and the last path is that of all of them.
    ends = op.get_bind().execute(
        sa.text(
            "SELECT root_id, min(path) AS first, max(path) AS last FROM videos GROUP BY root_id"
        )
    )
    rows = [
        {
            "root_id": row.root_id,
            "path": _common_folder(bytes(row.first), bytes(row.last)),
            "recursive": 1,
            "scanned_at": datetime.now(UTC),
        }
        for row in ends
    ]
    if rows:
        op.bulk_insert(table, rows)


def _common_folder(first: bytes, last: bytes) -> bytes:
    return os.path.commonpath([os.path.dirname(first), os.path.dirname(last)])  # noqa: PTH120  bytes
