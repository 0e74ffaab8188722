"""What lists show and sort by, what people say about videos, and versions of pictures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Moment = sa.DateTime(timezone=True)
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_PAGE = 1000
_TIME_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")

_videos = sa.table(
    "videos",
    *(sa.column(name) for name in ("number", "width", "rotation", "frame_rate", "audio_codec")),
    *(sa.column(name) for name in ("bit_rate", "container")),
    sa.column("taken_at", Moment),
)
_media_infos = sa.table("media_infos", sa.column("video_number"), sa.column("media_info"))


def upgrade() -> None:
    """Add the columns and tables, and fill them from what is known."""
    _add_columns()
    _create_annotations()
    _create_tags()
    _summarise()


def _add_columns() -> None:
    for column in (
        sa.Column("width", sa.Integer, nullable=False, server_default=sa.text("-1")),
        sa.Column("rotation", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("frame_rate", sa.Text),
        sa.Column("audio_codec", sa.Text),
        sa.Column("bit_rate", sa.BigInteger),
        sa.Column("container", sa.Text),
        sa.Column("taken_at", Moment, nullable=False, server_default="0001-01-01 00:00:00"),
        sa.Column("labels", sa.Text, nullable=False, server_default=""),
        sa.Column("thumbnail_version", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("strip_version", sa.Integer, nullable=False, server_default=sa.text("0")),
    ):
        op.add_column("videos", column)
    is_present = sa.text("missing_since IS NULL")
    op.create_index(
        "ix_videos_by_taken_at",
        "videos",
        ["status", "taken_at", "number"],
        sqlite_where=is_present,
        postgresql_where=is_present,
    )


def _create_annotations() -> None:
    op.create_table(
        "video_annotations",
        sa.Column("video_number", Number, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("rating", sa.SmallInteger),
        sa.Column("notes", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_video_annotations_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("video_number", name=op.f("pk_video_annotations")),
    )


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Ordered, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tags_name_key")),
    )
    op.create_table(
        "video_tags",
        sa.Column("video_number", Number, autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.Integer, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_number"],
            ["videos.number"],
            name=op.f("fk_video_tags_video_number_videos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_video_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_number", "tag_id", name=op.f("pk_video_tags")),
    )
    op.create_index("ix_video_tags_tag_id", "video_tags", ["tag_id"])


def _summarise() -> None:
    connection = op.get_bind()
    page = sa.select(_media_infos).order_by(_media_infos.c.video_number).limit(_PAGE)
    names = ("width", "rotation", "frame_rate", "audio_codec", "bit_rate", "container", "taken_at")
    update = (
        sa.update(_videos)
        .where(_videos.c.number == sa.bindparam("row"))
        .values({name: sa.bindparam(f"new_{name}") for name in names})
    )
    after = -1
    while rows := connection.execute(page.where(_media_infos.c.video_number > after)).all():
        after = rows[-1].video_number
        connection.execute(
            update,
            [{"row": row.video_number, **_summary(json.loads(row.media_info))} for row in rows],
        )


def _summary(info: dict[str, Any]) -> dict[str, Any]:
    moving = [stream for stream in info["video"] if not stream["attached_picture"]]
    picture = moving[0] if moving else {}
    sound = info["audio"][0] if info["audio"] else {}
    return {
        "new_width": picture.get("width", -1),
        "new_rotation": picture.get("rotation", 0),
        "new_frame_rate": picture.get("frame_rate"),
        "new_audio_codec": sound.get("codec"),
        "new_bit_rate": info["bit_rate"],
        "new_container": info["container"],
        "new_taken_at": _taken_at(info["tags"]),
    }


def _taken_at(tags: dict[str, str]) -> datetime:
    for tag in _TIME_TAGS:
        try:
            moment = datetime.fromisoformat(tags.get(tag, "").strip())
            utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if utc.year >= 1971:  # cameras without a clock write the first moment of 1904 or of 1970
            return utc
    return datetime(1, 1, 1, tzinfo=UTC)
