"""An index of the sound, to find the videos without any."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    """Add the index; recording times have been in their column since revision 0002."""
    is_present = sa.text("missing_since IS NULL")
    op.create_index(
        "ix_videos_by_audio_codec",
        "videos",
        ["status", "audio_codec", "number"],
        sqlite_where=is_present,
        postgresql_where=is_present,
    )
