"""The positions up to which people have watched videos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.database import insert
from stoat_ferret.errors import VideoNotFoundError
from stoat_ferret.library.filters import is_started
from stoat_ferret.library.root_map import root_map_of
from stoat_ferret.library.rows import VIDEO_COLUMNS, VIDEO_TABLES, tags_of, video_from_row
from stoat_ferret.library.search import with_status
from stoat_ferret.library.tables import video_watches, videos
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Video

WATCHED_FRACTION = 0.95
"""The part of a video after which it counts as watched: credits usually follow."""
MIN_POSITION_SECONDS = 5.0
"""A position before this is the start, which nobody needs to resume."""
MAX_AGE_SECONDS = 4e9
MAX_STARTED = 100
"""The maximum number of started videos in a list."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The position up to which a video was watched.

    `position_seconds` is where to resume, 0 for the start. `watched_at` is when it was last
    watched or marked; None if never.
    """

    position_seconds: float = 0.0
    watched: bool = False
    watched_at: datetime | None = None

    @property
    def is_started(self) -> bool:
        """True if there is a position to resume from."""
        return self.position_seconds > 0


@dataclass(frozen=True, slots=True)
class WatchReport:
    """A report of a player; None keeps a value.

    `age_seconds` is how long ago it was so. A report without `watched` marks the video as watched
    if the position is in its last twentieth.
    """

    position_seconds: float | None = None
    watched: bool | None = None
    age_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class WatchChange:
    """The watch after a report, and the one before it."""

    before: Watch
    after: Watch

    @property
    def moves_lists(self) -> bool:
        """True if a filter finds the video now and did not before, or the reverse."""
        return (self.before.watched, self.before.is_started) != (
            self.after.watched,
            self.after.is_started,
        )


class Watching:
    """Stores how far videos were watched. Scans keep it; it is deleted with the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, video_id: str, report: WatchReport) -> WatchChange:
        """Store a report, unless a newer one is stored. Raises `VideoNotFoundError`."""
        moment = datetime.now(UTC) - timedelta(seconds=report.age_seconds)
        columns = (videos.c.number, videos.c.duration_seconds, *_WATCH_COLUMNS)
        joined = videos.outerjoin(video_watches, video_watches.c.video_number == videos.c.number)
        known = sa.select(*columns).select_from(joined).where(videos.c.id == storable(video_id))
        async with self._database.write() as connection:
            row = (await connection.execute(known)).one_or_none()
            if row is None:
                raise VideoNotFoundError(video_id)
            before = Watch()
            if row.changed_at is not None:
                before = Watch(row.position_seconds, bool(row.watched), row.changed_at)
                if row.changed_at > moment:
                    return WatchChange(before, before)
            after = _after(before, report, row.duration_seconds, moment)
            statement = insert(connection, video_watches).values(
                video_number=row.number,
                position_seconds=after.position_seconds,
                watched=int(after.watched),
                changed_at=moment,
            )
            values = ("position_seconds", "watched", "changed_at")
            upsert = statement.on_conflict_do_update(
                index_elements=["video_number"],
                set_={name: statement.excluded[name] for name in values},
            )
            await connection.execute(upsert)
        return WatchChange(before, after)

    async def started(self, *, limit: int) -> list[Video]:
        """Return the usable videos with a position to resume from, the last watched first."""
        # By number, since few videos are started, and most of all are usable.
        found = with_status(is_started(video_watches.c), VideoStatus.OK, by_number=True)
        statement = (
            sa.select(*VIDEO_COLUMNS)
            .select_from(VIDEO_TABLES)
            .where(found)
            .order_by(video_watches.c.changed_at.desc(), videos.c.number.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(statement)).all()
            tags = await tags_of(connection, rows)
            root_map = root_map_of(connection)
            return [video_from_row(row, tags.get(row.number, ()), root_map) for row in rows]


_WATCH_COLUMNS = (
    video_watches.c.position_seconds,
    video_watches.c.watched,
    video_watches.c.changed_at,
)


def _after(before: Watch, report: WatchReport, duration_seconds: float, moment: datetime) -> Watch:
    """Return the watch after `report`; a duration below 0 is unknown."""
    position, watched = report.position_seconds, report.watched
    if position is None:
        # Watched to the end, or not at all: either way the start comes next.
        position = before.position_seconds if watched is None else 0.0
    is_at_end = 0 < duration_seconds * WATCHED_FRACTION <= position
    if watched is None:
        watched = before.watched or is_at_end
    if is_at_end or position < MIN_POSITION_SECONDS:
        position = 0.0
    return Watch(position, watched, moment)
