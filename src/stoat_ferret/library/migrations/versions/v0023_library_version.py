"""A number that changes with everything that the answers to queries for videos depend on."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

_TABLE = """
CREATE TABLE library_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
)
"""
# The first number is no number of another library, whose content may be put here.
_FIRST = "INSERT INTO library_version (id, number) SELECT 1, abs(random() % 4611686018427387904)"
_BUMP = f"{_FIRST} WHERE true ON CONFLICT (id) DO UPDATE SET number = number + 1;"
_SEEN = (
    "root_id, folder, name_key, searchable, labels, status, missing_since, size_bytes, mtime_ns,"
    " added_at, taken_at, duration_seconds, width, height, video_codec, audio_codec, hdr"
)
"""The columns of videos that a filter, a count or an order depends on. `labels` has the tags."""
_IS_SEEN = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _SEEN.split(", "))
_GIVEN = "old.rating IS NOT new.rating OR old.favourite IS NOT new.favourite"
_WATCHED = "old.watched <> new.watched OR (old.position_seconds > 0) <> (new.position_seconds > 0)"
"""Players store a position every few seconds."""
_UPDATES = (
    ("videos", f"UPDATE OF {_SEEN}", f"WHEN {_IS_SEEN}"),
    ("video_annotations", "UPDATE OF rating, favourite", f"WHEN {_GIVEN}"),
    ("video_watches", "UPDATE OF watched, position_seconds", f"WHEN {_WATCHED}"),
    *((name, "UPDATE", "") for name in ("video_tags", "tags", "collection_videos", "roots")),
)


def upgrade() -> None:
    """Create the number and its triggers. PostgreSQL, where many write at once, has none."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(_TABLE)
    op.execute(f"{_FIRST} WHERE EXISTS (SELECT 1 FROM videos)")  # noqa: S608  our own words
    for table, update, when in _UPDATES:
        for event, condition in (("INSERT", ""), ("DELETE", ""), (update, when)):
            name = f"library_version_{table}_{event.split()[0].lower()}"
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} {condition} BEGIN\n"
                f"    {_BUMP}\nEND\n"
            )
