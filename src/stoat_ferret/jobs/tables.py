"""The table that holds the jobs, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from stoat_ferret.database import UtcDateTime, metadata

is_active = text("status IN ('queued', 'running')")

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    # JSON and not JSONB: it keeps the order of keys and takes every string that Python has.
    Column("params", JSON, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
    Column("key", Text),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("interruptions", Integer, nullable=False, server_default="0"),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("timeout_seconds", Float),
    Column("worker", Text),
    Index("ix_jobs_status", "status"),
    Index("ix_jobs_created_at_id", "created_at", "id"),
    Index(
        "ux_jobs_active_key",
        "key",
        unique=True,
        sqlite_where=is_active,
        postgresql_where=is_active,
    ),
)
