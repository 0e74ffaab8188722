"""Groups of files with the same fingerprint, kept by triggers, and which were resolved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# PostgreSQL counts them by its index of fingerprints instead.
_TABLES = (
    """
CREATE TABLE duplicate_groups (
    fingerprint TEXT PRIMARY KEY,
    copies INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    spare_bytes INTEGER NOT NULL
) WITHOUT ROWID
""",
    "CREATE INDEX ix_duplicate_groups_spare ON duplicate_groups (spare_bytes, fingerprint)",
)


def _is_copy(row: str) -> str:
    # The plus keeps SQLite from looking through all videos with this status.
    is_usable = f"{row}.missing_since IS NULL AND +{row}.status = 'ok'"
    return f"({row}.fingerprint IS NOT NULL AND {is_usable})"


# `changes()` is 0 if the statement before found no row.
_JOIN = f"""
    UPDATE duplicate_groups SET copies = copies + 1, spare_bytes = copies * size_bytes
    WHERE fingerprint = new.fingerprint AND {_is_copy("new")};
    INSERT INTO duplicate_groups (fingerprint, copies, size_bytes, spare_bytes)
    SELECT new.fingerprint, 2, new.size_bytes, new.size_bytes
    WHERE changes() = 0 AND {_is_copy("new")} AND EXISTS (
        SELECT 1 FROM videos AS other WHERE other.fingerprint = new.fingerprint
        AND {_is_copy("other")} AND other.number <> new.number
    );"""  # noqa: S608  our own names
_LEAVE = f"""
    UPDATE duplicate_groups SET copies = copies - 1, spare_bytes = (copies - 2) * size_bytes
    WHERE fingerprint = old.fingerprint AND {_is_copy("old")};
    DELETE FROM duplicate_groups WHERE fingerprint = old.fingerprint AND copies < 2;"""  # noqa: S608  our own names
_COUNTED = "fingerprint, status, missing_since"
_IS_MOVED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _COUNTED.split(", "))

_TRIGGERS = (
    f"""
CREATE TRIGGER duplicate_groups_insert AFTER INSERT ON videos WHEN {_is_copy("new")} BEGIN{_JOIN}
END
""",
    f"""
CREATE TRIGGER duplicate_groups_delete AFTER DELETE ON videos WHEN {_is_copy("old")} BEGIN{_LEAVE}
END
""",
    f"""
CREATE TRIGGER duplicate_groups_update AFTER UPDATE OF {_COUNTED} ON videos
WHEN {_IS_MOVED} BEGIN{_LEAVE}{_JOIN}
END
""",
)

_COUNT = """
INSERT INTO duplicate_groups (fingerprint, copies, size_bytes, spare_bytes)
SELECT fingerprint, count(*), max(size_bytes), (count(*) - 1) * max(size_bytes) FROM videos
WHERE fingerprint IS NOT NULL AND missing_since IS NULL AND status = 'ok'
GROUP BY fingerprint HAVING count(*) > 1
"""


def upgrade() -> None:
    """Create both tables, and find the groups that there are."""
    op.create_table(
        "resolved_duplicates",
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("copies", sa.Integer, nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_resolved_duplicates"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in (*_TABLES, _COUNT, *_TRIGGERS):
        op.execute(statement)
