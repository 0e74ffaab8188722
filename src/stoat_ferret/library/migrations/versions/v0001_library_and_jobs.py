"""The library and the jobs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Moment = sa.DateTime(timezone=True)
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


PRESENT = _where("missing_since IS NULL")
MISSING = _where("missing_since IS NOT NULL")
KNOWN = _where("fingerprint IS NOT NULL")
ACTIVE = _where("status IN ('queued', 'running')")


def upgrade() -> None:
    """Make the first tables."""
    _create_roots()
    _create_videos()
    _index_videos()
    _create_media_infos()
    _create_inventories()
    _create_jobs()


def _create_roots() -> None:
    op.create_table(
        "roots",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roots")),
        sa.UniqueConstraint("name", name=op.f("uq_roots_name")),
        sa.UniqueConstraint("path", name=op.f("uq_roots_path")),
    )


def _create_videos() -> None:
    op.create_table(
        "videos",
        sa.Column("number", Number, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("root_id", sa.Integer, nullable=False),
        sa.Column("path", sa.LargeBinary, nullable=False),
        sa.Column("folder", Ordered, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Ordered, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("searchable", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String(128)),
        sa.Column("probe_version", sa.Integer, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("missing_since", Moment),
        sa.Column("duration_seconds", sa.Float, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("video_codec", sa.Text),
        sa.Column("hdr", sa.Text),
        sa.ForeignKeyConstraint(["root_id"], ["roots.id"], name=op.f("fk_videos_root_id_roots")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_videos")),
        sa.UniqueConstraint("id", name=op.f("uq_videos_id")),
    )


def _index_videos() -> None:
    op.create_index("ix_videos_by_added_at", "videos", ["status", "added_at", "number"], **PRESENT)
    op.create_index(
        "ix_videos_by_duration_seconds",
        "videos",
        ["status", "duration_seconds", "number"],
        **PRESENT,
    )
    op.create_index("ix_videos_by_folder", "videos", ["status", "folder", "number"], **PRESENT)
    op.create_index("ix_videos_by_height", "videos", ["status", "height", "number"], **PRESENT)
    op.create_index("ix_videos_by_mtime_ns", "videos", ["status", "mtime_ns", "number"], **PRESENT)
    op.create_index("ix_videos_by_name_key", "videos", ["status", "name_key", "number"], **PRESENT)
    op.create_index(
        "ix_videos_by_size_bytes", "videos", ["status", "size_bytes", "number"], **PRESENT
    )
    op.create_index("ix_videos_fingerprint", "videos", ["fingerprint"])
    op.create_index("ix_videos_missing_path", "videos", ["root_id", "path"], **MISSING)
    op.create_index("ix_videos_missing_since", "videos", ["missing_since"], **MISSING)
    op.create_index("ix_videos_size_bytes_root_id", "videos", ["size_bytes", "root_id"])
    op.create_index("ux_videos_present_path", "videos", ["root_id", "path"], unique=True, **PRESENT)


def _create_media_infos() -> None:
    op.create_table(
        "media_infos",
        sa.Column("video_number", Number, autoincrement=False, nullable=False),
        sa.Column("media_info", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_media_infos_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_number", name=op.f("pk_media_infos")),
    )


def _create_inventories() -> None:
    op.create_table(
        "found_files",
        sa.Column("inventory", Number, autoincrement=False, nullable=False),
        sa.Column("path", sa.LargeBinary, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("unusable", sa.Text),
        sa.Column("state", sa.SmallInteger, nullable=False),
        sa.Column("returned_number", Number),
        sa.Column("fingerprint", sa.String(128)),
        sa.PrimaryKeyConstraint("inventory", "path", name=op.f("pk_found_files")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_found_files_fingerprint", "found_files", ["inventory", "fingerprint"], **KNOWN
    )
    op.create_table(
        "inventories",
        sa.Column("number", Number, nullable=False),
        sa.Column("scan_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_inventories")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_inventories_scan_id")),
    )
    op.create_table(
        "unreadable_folders",
        sa.Column("inventory", Number, autoincrement=False, nullable=False),
        sa.Column("first", sa.LargeBinary, nullable=False),
        sa.Column("end", sa.LargeBinary),
        sa.PrimaryKeyConstraint("inventory", "first", name=op.f("pk_unreadable_folders")),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True)),
        sa.Column("error", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("priority", sa.Integer, server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer, server_default="0", nullable=False),
        sa.Column("interruptions", sa.Integer, server_default="0", nullable=False),
        sa.Column("cancel_requested", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("started_at", Moment),
        sa.Column("finished_at", Moment),
        sa.Column("timeout_seconds", sa.Float),
        sa.Column("worker", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_created_at_id", "jobs", ["created_at", "id"])
    op.create_index("ix_jobs_status", "jobs", ["status"])
    op.create_index("ux_jobs_active_key", "jobs", ["key"], unique=True, **ACTIVE)
