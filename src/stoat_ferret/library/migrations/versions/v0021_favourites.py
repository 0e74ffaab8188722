"""The column of favourites, and its part in the triggers of rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_is_favourite = sa.text("favourite = 1")


def upgrade() -> None:
    """Add the column, empty; rules look at videos whose mark changed, as at changed ratings."""
    op.add_column("video_annotations", sa.Column("favourite", sa.SmallInteger))
    op.create_index(
        "ix_video_annotations_favourite",
        "video_annotations",
        ["video_number"],
        sqlite_where=_is_favourite,
        postgresql_where=_is_favourite,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER rules_favourite_update AFTER UPDATE OF favourite ON video_annotations"
            " WHEN (old.favourite IS NOT new.favourite) BEGIN"
            " INSERT INTO rule_candidates (video_number, changed, failed)"
            " SELECT new.video_number, 0, 0"
            " WHERE EXISTS (SELECT 1 FROM rules WHERE enabled = 1)"
            " ON CONFLICT (video_number) DO NOTHING; END"
        )
        return
    # The function that records a changed rating records the same here.
    op.execute(
        "CREATE TRIGGER rules_favourite_update AFTER UPDATE OF favourite ON video_annotations"
        " FOR EACH ROW WHEN (old.favourite IS DISTINCT FROM new.favourite)"
        " EXECUTE FUNCTION rules_rating_update()"
    )
