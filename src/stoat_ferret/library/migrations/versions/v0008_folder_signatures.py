"""Signatures of folders, by which a scan recognizes those with nothing to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_COMPARED = (
    "root_id, path, folder, status, size_bytes, mtime_ns, probe_version, missing_since,"
    " thumbnail_version, read_error"
)
_FORGET = "DELETE FROM folder_signatures WHERE root_id = {row}.root_id AND folder = {row}.folder;"
_EVENTS = {
    "insert": ("INSERT", ("new",)),
    "delete": ("DELETE", ("old",)),
    "update": (f"UPDATE OF {_COMPARED}", ("old", "new")),
}


def upgrade() -> None:
    """Add the tables, and the triggers that keep signatures true."""
    _create_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (event, rows) in _EVENTS.items():
        trigger = f"folder_signatures_{name}"
        body = "\n    ".join(_FORGET.format(row=row) for row in rows)
        if is_sqlite:
            op.execute(f"CREATE TRIGGER {trigger} AFTER {event} ON videos BEGIN\n    {body}\nEND\n")
        else:
            op.execute(
                f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {trigger} AFTER {event} ON videos"
                f" FOR EACH ROW EXECUTE FUNCTION {trigger}()"
            )


def _create_tables() -> None:
    op.create_table(
        "found_folders",
        sa.Column("inventory", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("folder", _ORDERED, nullable=False),
        sa.Column("signature", sa.LargeBinary),
        sa.Column("times_signature", sa.LargeBinary),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("is_known", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("inventory", "folder", name=op.f("pk_found_folders")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "folder_signatures",
        sa.Column("root_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("folder", _ORDERED, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("times_signature", sa.LargeBinary),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("probe_version", sa.Integer, nullable=False),
        sa.Column("thumbnail_version", sa.Integer),
        sa.ForeignKeyConstraint(
            ["root_id"], ["roots.id"], name=op.f("fk_folder_signatures_root_id_roots")
        ),
        sa.PrimaryKeyConstraint("root_id", "folder", name=op.f("pk_folder_signatures")),
        sqlite_with_rowid=False,
    )
