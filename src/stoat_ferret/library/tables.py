"""Database tables of the library, for SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from stoat_ferret.database import UtcDateTime, metadata

# SQLite requires the type INTEGER for autoincrement.
_Number = BigInteger().with_variant(Integer, "sqlite")
# Ordered by code point in both databases, like in Python.
_Ordered = Text().with_variant(Text(collation="C"), "postgresql")

_is_present = text("missing_since IS NULL")
_is_missing = text("missing_since IS NOT NULL")

roots = Table(
    "roots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("path", LargeBinary, nullable=False, unique=True),
)

videos = Table(
    "videos",
    metadata,
    # Small and in order of insertion: distinguishes equal rows in indexes and cursors.
    Column("number", _Number, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("root_id", Integer, ForeignKey("roots.id"), nullable=False),
    # The bytes of the file system; the other columns are display text.
    Column("path", LargeBinary, nullable=False),
    # Ends with a slash, so that a folder and its subfolders form one range; "" for the root.
    Column("folder", _Ordered, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", _Ordered, nullable=False),
    Column("title", Text),
    Column("searchable", Text, nullable=False),
    # ok, bad or skipped: the current status, or the last one before it went missing.
    Column("status", String(16), nullable=False),
    Column("reason", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("fingerprint", String(128)),
    Column("probe_version", Integer, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("missing_since", UtcDateTime),
    # Copied from media_info to filter and sort; -1 if unknown, so that pages have no gaps.
    Column("duration_seconds", Float, nullable=False),
    Column("height", Integer, nullable=False),
    Column("video_codec", Text),
    Column("hdr", Text),
    # Copied from media_info for lists, which then need not read all of it.
    Column("width", Integer, nullable=False, server_default=text("-1")),
    Column("rotation", SmallInteger, nullable=False, server_default=text("0")),
    Column("frame_rate", Text),
    Column("audio_codec", Text),
    Column("bit_rate", BigInteger),
    Column("container", Text),
    # The minimum timestamp if unknown.
    Column("taken_at", UtcDateTime, nullable=False, server_default="0001-01-01 00:00:00"),
    # Searchable user text: the title and the tags.
    Column("labels", Text, nullable=False, server_default=""),
    # The version that made the picture; negative if that version could not make one.
    Column("thumbnail_version", Integer, nullable=False, server_default=text("0")),
    Column("storyboard_version", Integer, nullable=False, server_default=text("0")),
    # Why and when the newest scan could not read the file; other columns are older then.
    Column("read_error", Text),
    Column("read_failed_at", UtcDateTime),
    # One present row per path; any number of missing rows may have it as their last path.
    Index(
        "ux_videos_present_path",
        "root_id",
        "path",
        unique=True,
        sqlite_where=_is_present,
        postgresql_where=_is_present,
    ),
    Index(
        "ix_videos_missing_path",
        "root_id",
        "path",
        sqlite_where=_is_missing,
        postgresql_where=_is_missing,
    ),
    Index(
        "ix_videos_missing_since",
        "missing_since",
        sqlite_where=_is_missing,
        postgresql_where=_is_missing,
    ),
    Index("ix_videos_size_bytes_root_id", "size_bytes", "root_id"),
    Index("ix_videos_fingerprint", "fingerprint"),
    *(
        Index(
            f"ix_videos_by_{column}",
            "status",
            column,
            "number",
            sqlite_where=_is_present,
            postgresql_where=_is_present,
        )
        for column in (
            "folder",
            "name_key",
            "added_at",
            "mtime_ns",
            "size_bytes",
            "duration_seconds",
            "height",
            "taken_at",
            "audio_codec",
        )
    ),
)

# A separate table keeps the rows of `videos` small: a scan compares every one of them.
media_infos = Table(
    "media_infos",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # MediaInfo as JSON.
    Column("media_info", Text, nullable=False),
)

# User annotations. Scans never change them; they are deleted with the record.
video_annotations = Table(
    "video_annotations",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("title", Text),
    Column("rating", SmallInteger),
    Column("notes", Text),
    # Counts changes, so that nobody overwrites a change they have not seen.
    Column("revision", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    # 1 for a favourite, else NULL.
    Column("favourite", SmallInteger),
    Index(
        "ix_video_annotations_favourite",
        "video_number",
        sqlite_where=text("favourite = 1"),
        postgresql_where=text("favourite = 1"),
    ),
)

# How far videos were watched. Scans never change it; it is deleted with the record.
video_watches = Table(
    "video_watches",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # Where to resume; 0 for the start.
    Column("position_seconds", Float, nullable=False),
    Column("watched", SmallInteger, nullable=False),
    # When it was so: older reports, as of a tab that was forgotten, change nothing.
    Column("changed_at", UtcDateTime, nullable=False),
    Index(
        "ix_video_watches_started",
        "changed_at",
        sqlite_where=text("position_seconds > 0"),
        postgresql_where=text("position_seconds > 0"),
    ),
)

# How this program made a video. Valid as long as the content is the same.
recipes = Table(
    "recipes",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("fingerprint", String(128), nullable=False),
    Column("job_id", String(64), nullable=False),
    # The request as JSON.
    Column("recipe", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    # Spellings of a name with the same key are one tag.
    Column("name_key", _Ordered, nullable=False, unique=True),
)

video_tags = Table(
    "video_tags",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "tag_id",
        Integer,
        ForeignKey("tags.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Index("ix_video_tags_tag_id", "tag_id"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    # Spellings of a name with the same key are one search.
    Column("name_key", _Ordered, nullable=False, unique=True),
    # Filters and order as JSON.
    Column("query", Text, nullable=False),
    # Their order; several may have the same, after a restore for example.
    Column("position", Integer, nullable=False),
)

saved_presets = Table(
    "saved_presets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    # Spellings of a name with the same key are one preset.
    Column("name_key", _Ordered, nullable=False, unique=True),
    # The name of the built-in preset, and options of renders as JSON.
    Column("preset", String(64), nullable=False),
    Column("options", Text, nullable=False),
)

# Ordered lists of videos that people make.
collections = Table(
    "collections",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # Spellings of a name with the same key are one collection.
    Column("name_key", _Ordered, nullable=False, unique=True),
    # Counts changes of the name, so that nobody overwrites a change they have not seen.
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Scans never change them; they are deleted with the record.
collection_videos = Table(
    "collection_videos",
    metadata,
    Column(
        "collection",
        _Number,
        ForeignKey("collections.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # A key of `order_keys`: one between any two of them can be made without changing others.
    Column("position", _Ordered, nullable=False),
    Index("ix_collection_videos_position", "collection", "position", "video_number"),
    Index("ix_collection_videos_video_number", "video_number"),
)

# Moments and ranges of videos. Scans never change them; they are deleted with the record.
markers = Table(
    "markers",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column(
        "video_number", _Number, ForeignKey("videos.number", ondelete="CASCADE"), nullable=False
    ),
    Column("start_seconds", Float, nullable=False),
    # Exclusive; null for a moment.
    Column("end_seconds", Float),
    Column("title", Text, nullable=False),
    # The names as a JSON array, in the order in which they were given.
    Column("tags", Text, nullable=False),
    # The title and the tags as search keys.
    Column("searchable", Text, nullable=False),
    # Counts changes, so that nobody overwrites a change they have not seen.
    Column("revision", Integer, nullable=False),
    Index("ix_markers_video_number", "video_number"),
)

# Groups of files with the same fingerprint that a person has resolved. One with more copies than
# then is open again.
resolved_duplicates = Table(
    "resolved_duplicates",
    metadata,
    Column("fingerprint", String(128), primary_key=True),
    Column("copies", Integer, nullable=False),
    Column("resolved_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

inventories = Table(
    "inventories",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("scan_id", String(64), nullable=False, unique=True),
    # Those of `Staging`.
    Column("settings", JSON),
)

found_files = Table(
    "found_files",
    metadata,
    Column("inventory", _Number, primary_key=True, autoincrement=False),
    Column("path", LargeBinary, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("unusable", Text),
    Column("state", SmallInteger, nullable=False),
    # The number of the missing video that is back unchanged.
    Column("returned_number", _Number),
    Column("fingerprint", String(128)),
    Index(
        "ix_found_files_fingerprint",
        "inventory",
        "fingerprint",
        sqlite_where=text("fingerprint IS NOT NULL"),
        postgresql_where=text("fingerprint IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

unreadable_folders = Table(
    "unreadable_folders",
    metadata,
    Column("inventory", _Number, primary_key=True, autoincrement=False),
    # The paths below the folder: from `first` (included) to `end` (excluded).
    Column("first", LargeBinary, primary_key=True),
    Column("end", LargeBinary),
)

found_folders = Table(
    "found_folders",
    metadata,
    Column("inventory", _Number, primary_key=True, autoincrement=False),
    # As in `videos`.
    Column("folder", _Ordered, primary_key=True),
    Column("signature", LargeBinary),
    Column("times_signature", LargeBinary),
    Column("files", Integer, nullable=False),
    # 1 if the files are as their records say, so that they have no rows in `found_files`.
    Column("is_known", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Folders whose present videos were exactly the files in them, and needed nothing. Triggers delete
# the row when one of these videos is added, deleted, or changed in what a scan compares.
folder_signatures = Table(
    "folder_signatures",
    metadata,
    Column("root_id", Integer, ForeignKey("roots.id"), primary_key=True, autoincrement=False),
    Column("folder", _Ordered, primary_key=True),
    Column("signature", LargeBinary, nullable=False),
    Column("times_signature", LargeBinary),
    Column("files", Integer, nullable=False),
    Column("probe_version", Integer, nullable=False),
    # The version that all thumbnails had; null if they were not compared.
    Column("thumbnail_version", Integer),
    sqlite_with_rowid=False,
)

# Folders whose scan was completed, each with the time of the last one; what lies below a recursive
# one belongs to it.
scanned_folders = Table(
    "scanned_folders",
    metadata,
    Column("root_id", Integer, ForeignKey("roots.id"), primary_key=True, autoincrement=False),
    # Relative to the root, in the encoding of file names.
    Column("path", LargeBinary, primary_key=True),
    Column("recursive", SmallInteger, primary_key=True),
    Column("scanned_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# Bulk edits, each with the token that undoes it.
undos = Table(
    "undos",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    # Given by the client, so that a request that is sent twice edits once.
    Column("key", String(64), unique=True),
    # The change as JSON; see `bulk_edits.BulkChange`.
    Column("change", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("job_id", String(64)),
    # The number of rows in `undo_videos`; null while they are collected.
    Column("found", Integer),
    # The position of the last video that was edited, and the number of edited ones.
    Column("done", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    # used or expired; null while it can be undone.
    Column("ended", String(16)),
)

# The saved searches that the renaming of a tag has changed, with their queries as JSON.
undo_searches = Table(
    "undo_searches",
    metadata,
    Column(
        "undo",
        _Number,
        ForeignKey("undos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # No foreign key: a search may be deleted meanwhile.
    Column("search_id", Integer, primary_key=True, autoincrement=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)

# The videos of a bulk edit in the order of their editing, with what it has replaced.
undo_videos = Table(
    "undo_videos",
    metadata,
    Column(
        "undo",
        _Number,
        ForeignKey("undos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # No foreign key: removed videos are restored from here.
    Column("video_id", String(36), nullable=False),
    # Of removed videos: their pictures are kept as long.
    Column("fingerprint", String(128)),
    # Of the annotations, before and after the edit.
    Column("revision_before", Integer),
    Column("revision", Integer),
    # JSON; null until the video is edited.
    Column("before", Text),
    Index("ix_undo_videos_video_id", "video_id"),
    Index(
        "ix_undo_videos_fingerprint",
        "fingerprint",
        sqlite_where=text("fingerprint IS NOT NULL"),
        postgresql_where=text("fingerprint IS NOT NULL"),
    ),
)

# What is done with videos, and when; see `rules`.
rules = Table(
    "rules",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("enabled", SmallInteger, nullable=False),
    # When and what, as JSON.
    Column("definition", Text, nullable=False),
    # The key that signs its webhooks.
    Column("secret", Text),
    # It concerns what happens after this.
    Column("since", UtcDateTime, nullable=False),
    # The filter, as JSON, by which existing videos were set aside; null if they have to be.
    Column("judged", Text),
    Column("created_at", UtcDateTime, nullable=False),
)

# Videos that triggers found changed while there was an enabled rule, for rules to look at.
rule_candidates = Table(
    "rule_candidates",
    metadata,
    Column(
        "video_number",
        _Number,
        ForeignKey("videos.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # 1 if the content changed, or if the file could newly not be read.
    Column("changed", SmallInteger, nullable=False),
    Column("failed", SmallInteger, nullable=False),
)

# What a rule did, once for each video and version of its content.
rule_runs = Table(
    "rule_runs",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("rule_id", String(36), ForeignKey("rules.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: a removed video can be restored.
    Column("video_id", String(36), nullable=False),
    Column("version", String(160), nullable=False),
    # existing (matched before the rule was made), waiting, running, done or failed.
    Column("state", String(16), nullable=False),
    Column("batch_id", String(36)),
    Column("error", Text),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint(
        "rule_id", "video_id", "version", name="uq_rule_runs_rule_id_video_id_version"
    ),
    Index("ix_rule_runs_state", "rule_id", "state", "number"),
    Index(
        "ix_rule_runs_batch_id",
        "batch_id",
        sqlite_where=text("batch_id IS NOT NULL"),
        postgresql_where=text("batch_id IS NOT NULL"),
    ),
)

# Some videos of a rule, and the jobs for them. They outlive their rule, since what its renders made
# must trigger no other rule either.
rule_batches = Table(
    "rule_batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("rule_id", String(36), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("storyboard_job", String(36)),
    Column("render_job", String(36)),
    Index("ix_rule_batches_render_job", "render_job"),
    Index(
        "ix_rule_batches_active",
        "rule_id",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

# Calls of webhooks: those to make, and those that were made.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("rule_id", String(36), ForeignKey("rules.id", ondelete="CASCADE"), nullable=False),
    Column("batch_id", String(36), nullable=False),
    Column("body", Text, nullable=False),
    # The number of videos in it.
    Column("videos", Integer, nullable=False),
    # waiting, delivered or failed.
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    # When it is tried next; null once it has ended.
    Column("next_at", UtcDateTime),
    Column("status_code", Integer),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_webhook_deliveries_rule_id", "rule_id", "id"),
    Index(
        "ix_webhook_deliveries_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)
