"""The tables of rules, and the triggers that record which videos rules have to look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_MOMENT = sa.DateTime(timezone=True)

_SEEN = (
    "status, size_bytes, mtime_ns, fingerprint, missing_since, read_error, searchable, labels,"
    " folder, root_id, duration_seconds, width, height, video_codec, audio_codec, hdr, taken_at"
)
"""The columns of videos that a filter or an event depends on. `labels` contains tags and title."""
_IS_UNREADABLE = "({row}.status = 'bad' OR {row}.read_error IS NOT NULL)"
_NEW_FAILED = f"CASE WHEN {_IS_UNREADABLE.format(row='new')} THEN 1 ELSE 0 END"
_CHANGED = "CASE WHEN old.fingerprint <> new.fingerprint THEN 1 ELSE 0 END"
_FAILED = (
    f"CASE WHEN {_IS_UNREADABLE.format(row='new')} AND (NOT {_IS_UNREADABLE.format(row='old')}"
    " OR old.size_bytes <> new.size_bytes OR old.mtime_ns <> new.mtime_ns) THEN 1 ELSE 0 END"
)


def upgrade() -> None:
    """Create the tables, empty, and the triggers, which do nothing without an enabled rule."""
    _create_tables()
    differs = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    is_seen = " OR ".join(f"old.{name} {differs} new.{name}" for name in _SEEN.split(", "))
    _add("rules_video_insert", "INSERT ON videos", "new.number", "0", _NEW_FAILED)
    _add(
        "rules_video_update",
        f"UPDATE OF {_SEEN} ON videos",
        "new.number",
        _CHANGED,
        _FAILED,
        condition=is_seen,
    )
    _add("rules_rating_insert", "INSERT ON video_annotations", "new.video_number")
    _add(
        "rules_rating_update",
        "UPDATE OF rating ON video_annotations",
        "new.video_number",
        condition=f"old.rating {differs} new.rating",
    )
    _add("rules_watch_insert", "INSERT ON video_watches", "new.video_number")
    _add(
        "rules_watch_update",
        "UPDATE OF watched, position_seconds ON video_watches",
        "new.video_number",
        condition="old.watched <> new.watched"
        " OR (old.position_seconds > 0) <> (new.position_seconds > 0)",
    )


def _add(
    name: str,
    event: str,
    number: str,
    changed: str = "0",
    failed: str = "0",
    *,
    condition: str = "",
) -> None:
    """Add a trigger that records the video `number` while there is an enabled rule."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    greatest = "max" if is_sqlite else "greatest"
    body = f"""
    INSERT INTO rule_candidates (video_number, changed, failed)
    SELECT {number}, {changed}, {failed}
    WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)
    ON CONFLICT (video_number) DO UPDATE SET
        changed = {greatest}(rule_candidates.changed, excluded.changed),
        failed = {greatest}(rule_candidates.failed, excluded.failed);"""  # noqa: S608  our own names
    when = f"WHEN ({condition})" if condition else ""
    if is_sqlite:
        op.execute(f"CREATE TRIGGER {name} AFTER {event} {when} BEGIN{body}\nEND\n")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")


def _create_tables() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("enabled", sa.SmallInteger, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("judged", sa.Text),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
    )
    op.create_table(
        "rule_candidates",
        sa.Column("video_number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("changed", sa.SmallInteger, nullable=False),
        sa.Column("failed", sa.SmallInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_rule_candidates_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_number", name=op.f("pk_rule_candidates")),
    )
    op.create_table(
        "rule_runs",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("rule_id", sa.String(36), nullable=False),
        sa.Column("video_id", sa.String(36), nullable=False),
        sa.Column("version", sa.String(160), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("batch_id", sa.String(36)),
        sa.Column("error", sa.Text),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["rules.id"], name=op.f("fk_rule_runs_rule_id_rules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rule_runs")),
        sa.UniqueConstraint(
            "rule_id", "video_id", "version", name=op.f("uq_rule_runs_rule_id_video_id_version")
        ),
    )
    op.create_index(op.f("ix_rule_runs_state"), "rule_runs", ["rule_id", "state", "number"])
    is_run = sa.text("batch_id IS NOT NULL")
    op.create_index(
        op.f("ix_rule_runs_batch_id"),
        "rule_runs",
        ["batch_id"],
        sqlite_where=is_run,
        postgresql_where=is_run,
    )
    op.create_table(
        "rule_batches",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("rule_id", sa.String(36), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("storyboard_job", sa.String(36)),
        sa.Column("render_job", sa.String(36)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_batches")),
    )
    op.create_index(op.f("ix_rule_batches_render_job"), "rule_batches", ["render_job"])
    is_active = sa.text("ended_at IS NULL")
    op.create_index(
        op.f("ix_rule_batches_active"),
        "rule_batches",
        ["rule_id"],
        sqlite_where=is_active,
        postgresql_where=is_active,
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("rule_id", sa.String(36), nullable=False),
        sa.Column("batch_id", sa.String(36), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("videos", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", _MOMENT),
        sa.Column("status_code", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["rules.id"],
            name=op.f("fk_webhook_deliveries_rule_id_rules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(op.f("ix_webhook_deliveries_rule_id"), "webhook_deliveries", ["rule_id", "id"])
    is_waiting = sa.text("next_at IS NOT NULL")
    op.create_index(
        op.f("ix_webhook_deliveries_next_at"),
        "webhook_deliveries",
        ["next_at"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
