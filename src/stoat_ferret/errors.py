"""All errors that this program raises deliberately.

Each takes the facts and builds its own sentence, one that a user can act on::

    StoatFerretError
    ├── ConfigurationError                 a setting that cannot be used
    │   └── BinaryNotFoundError            ffmpeg or ffprobe is not installed
    ├── DataFolderInUseError               another process owns the data folder
    ├── DatabaseInUseError                 another process works on the database
    ├── ServerError                        the running server refused, or does not respond
    ├── DatabaseError                      the database cannot be read or written
    │   └── DatabaseTooNewError            it was written by a newer version
    ├── ConfirmationError                  a question that nobody is there to answer
    ├── NotFoundError
    │   ├── JobNotFoundError
    │   ├── VideoNotFoundError
    │   ├── PictureNotFoundError           a video has no thumbnail, or no storyboard
    │   ├── RecipeNotFoundError            a video was not made by this program
    │   ├── TagNotFoundError
    │   ├── SearchNotFoundError
    │   ├── PresetNotFoundError            no saved preset has this id
    │   ├── CollectionNotFoundError
    │   ├── MarkerNotFoundError
    │   ├── RuleNotFoundError
    │   ├── DeliveryNotFoundError
    │   ├── UndoNotFoundError              no edit has this undo token
    │   └── FolderNotFoundError
    ├── EditError
    │   ├── VideoChangedError              somebody else has changed the video
    │   ├── RevisionMissingError           an edit without the version it is based on
    │   ├── TagExistsError                 another tag has this name
    │   ├── DuplicatesChangedError         the copies of a file are others now
    │   ├── TooManyTagsError               more tags on a video than allowed
    │   ├── SearchExistsError              another saved search has this name
    │   ├── TooManySearchesError           more saved searches than allowed
    │   ├── PresetExistsError              another preset has this name
    │   ├── TooManyPresetsError            more saved presets than allowed
    │   ├── CollectionExistsError          another collection has this name
    │   ├── CollectionChangedError         somebody else has renamed the collection
    │   ├── CollectionFullError            more videos in a collection than allowed
    │   ├── TooManyCollectionsError        more collections than allowed
    │   ├── MarkerChangedError             somebody else has changed the marker
    │   ├── TooManyMarkersError            more markers of a video than allowed
    │   ├── NotInCollectionError           a video that is not, or no longer, in the collection
    │   ├── TooManyRulesError              more rules than allowed
    │   ├── RuleRefusedError               a rule that cannot be made as requested
    │   ├── SettingFixedError              a setting that the environment or a flag fixes
    │   ├── SettingsChangedError           somebody else has changed the settings
    │   ├── RootRefusedError               a library folder that cannot be added or removed
    │   ├── EditMismatchError              a token or a key of another edit
    │   ├── EditActiveError                an edit to undo whose job is still running
    │   └── UndoEndedError                 an edit that can no longer be undone
    ├── WebhookRefusedError                a webhook at an address that must not be called
    ├── PathOutsideRootsError              a path outside all configured roots
    ├── ForgettingChangedError             other videos than those that were confirmed
    ├── BackupError                        a backup that cannot be made or restored
    ├── InvalidCursorError                 an invalid list cursor
    ├── JobError
    │   ├── JobFinishedError               the job has already ended
    │   ├── JobActiveError                 the job has not ended yet
    │   ├── UnknownJobKindError            no handler for this kind
    │   ├── IllegalTransitionError         a transition not in the table of job states
    │   ├── NoLongerMineError              an attempt that was stopped, or replaced by another
    │   └── QueueClosedError               the queue is shutting down
    ├── ScanError
    │   ├── ScanEndedError                 a scan that has no files to read any more
    │   ├── RootUnavailableError           a root that is absent or cannot be read
    │   └── RootEmptyError                 a root that is suddenly empty
    ├── RenderRefusedError                 a render that is not possible as requested
    │   └── TimelineRefusedError           a file without a timeline to render
    ├── RenderNotPlannedError              the plan was not ready in time
    ├── OutputError                        rendered files that cannot be kept
    │   ├── OutputFolderError              their folder cannot be used
    │   ├── OutputSpaceError               there is too little disk space
    │   ├── OutputFaultError               they are not what was requested
    │   └── BatchFailedError               none of several videos was rendered
    ├── MediaProcessError                  a process that reads or makes media; has program, detail
    │   ├── ProcessNotStartedError         it could not be started
    │   ├── ProcessTimeoutError            its deadline passed; it was killed
    │   │   └── ProcessStalledError        no progress for too long; it was killed
    │   ├── ProcessCrashedError            it died or ended with a failure
    │   ├── ProcessOutputError             it printed more than allowed; it was killed
    │   └── DiskFullError                  the disk was full
    └── MediaError                         a file; has path and reason
        ├── FileVanishedError              deleted between discovery and probing
        ├── FileUnreadableError            permission, or an input/output error
        ├── InvalidMediaError              read, but invalid
        ├── ProbeTimeoutError              its deadline passed; the prober was killed
        └── ProbeCrashedError              the prober died
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def reason_of(error: OSError) -> str:
    """Return why the operating system refused, as part of a sentence: `permission denied`."""
    return (error.strerror or str(error)).lower()


def plain_fault(message: str) -> str:
    """Return the message of a pydantic error without the exception prefix."""
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def listed_faults(found: Sequence[Mapping[str, Any]], whole: str, *, most: int = 3) -> str:
    """Return the first pydantic errors as parts of a sentence; `whole` stands for no field."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or whole}: {plain_fault(one['msg'])}"
        for one in found[:most]
    )


class StoatFerretError(Exception):
    """The base class of all errors; `str()` of an error is the sentence for the user.

    `location` is the field of the request that the error is about, such as `clips.0.crop`, if
    known.
    """

    location: str | None = None


class ConfigurationError(StoatFerretError):
    """A setting that cannot be used."""


class BinaryNotFoundError(ConfigurationError):
    """A required program that is not installed."""

    def __init__(self, name: str, setting: str) -> None:
        super().__init__(
            f"{name} was not found. Install FFmpeg, or name the program in {setting}, "
            f"or install this package with its extra: pip install 'stoat-ferret[ffmpeg]'."
        )
        self.name = name


class DataFolderInUseError(StoatFerretError):
    """Another process owns the data folder."""

    def __init__(self, data_dir: str | os.PathLike[str], owner: str) -> None:
        super().__init__(
            f"The data folder {for_display(data_dir)} is in use by {owner}. "
            "Stop it first, or choose another folder with --data-dir (STOAT_DATA_DIR)."
        )
        self.data_dir = data_dir


class DatabaseInUseError(StoatFerretError):
    """Another process works on the database, perhaps with another data folder."""

    def __init__(self, database: str, owner: str, data_dir: str | None = None) -> None:
        option = (
            f" --data-dir {for_display(data_dir)}"
            if data_dir
            else " the --data-dir of that process"
        )
        super().__init__(
            f"The database {database} is in use by {owner}, and two at once would undo each "
            f"other's work. Stop it first, work through it with{option}, or name another database "
            "(STOAT_DATABASE_URL)."
        )


class ServerError(StoatFerretError):
    """The running server refused a request or does not respond."""


class DatabaseError(StoatFerretError):
    """The database cannot be read or written."""


class DatabaseTooNewError(DatabaseError):
    """The database was written by a newer version of this program."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database has schema {found}, which this version does not know: it was written "
            "by a newer stoat-ferret. Install that version, or choose another data folder."
        )


class ConfirmationError(StoatFerretError):
    """A question that nobody is there to answer."""

    def __init__(self) -> None:
        super().__init__(
            "This needs confirmation, and there is no terminal to ask. Add --yes to confirm."
        )


class NotFoundError(StoatFerretError):
    """Something named by the caller does not exist."""


class JobNotFoundError(NotFoundError):
    """No job has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no job {job_id}.")
        self.job_id = job_id


class VideoNotFoundError(NotFoundError):
    """No video has this id."""

    def __init__(self, video_id: str) -> None:
        super().__init__(f"There is no video {video_id}.")
        self.video_id = video_id


class TagNotFoundError(NotFoundError):
    """No tag has this id."""

    def __init__(self, tag_id: int) -> None:
        super().__init__(f"There is no tag {tag_id}.")
        self.tag_id = tag_id


class SearchNotFoundError(NotFoundError):
    """No saved search has this id or name."""

    def __init__(self, search: int | str) -> None:
        """Create the error for an id, or for a name."""
        super().__init__(f"There is no saved search {search!r}.")
        self.search = search


class PresetNotFoundError(NotFoundError):
    """No saved preset has this id."""

    def __init__(self, preset_id: int) -> None:
        super().__init__(f"There is no saved preset {preset_id}.")
        self.preset_id = preset_id


class CollectionNotFoundError(NotFoundError):
    """No collection has this id."""

    def __init__(self, collection_id: str) -> None:
        super().__init__(f"There is no collection {for_display(collection_id)}.")
        self.collection_id = collection_id


class MarkerOutsideVideoError(StoatFerretError):
    """A marker would begin or end after the end of its video."""

    def __init__(self, seconds: float, duration_seconds: float) -> None:
        super().__init__(
            f"The marker at {seconds:g} s lies after the end of the video, which lasts "
            f"{duration_seconds:g} s. Give times within the video."
        )
        self.seconds = seconds
        self.duration_seconds = duration_seconds


class MarkerNotFoundError(NotFoundError):
    """No marker has this id."""

    def __init__(self, marker_id: str) -> None:
        super().__init__(f"There is no marker {for_display(marker_id)}.")
        self.marker_id = marker_id


class RuleNotFoundError(NotFoundError):
    """No rule has this id."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"There is no rule {rule_id}.")
        self.rule_id = rule_id


class DeliveryNotFoundError(NotFoundError):
    """A rule has no delivery with this id."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"The rule has no delivery {delivery_id}.")
        self.delivery_id = delivery_id


class PictureNotFoundError(NotFoundError):
    """A video without such a picture; the sentence explains why."""


class RecipeNotFoundError(NotFoundError):
    """The video was not made by a render of this program, or has changed since."""

    def __init__(self, video_id: str) -> None:
        super().__init__(
            f"Video {video_id} was not made by a render here, so its clips are unknown."
        )
        self.video_id = video_id


class UndoNotFoundError(NotFoundError):
    """No edit has this undo token."""

    def __init__(self) -> None:
        super().__init__(
            "There is no edit with this undo token. Copy the whole token from the answer of the "
            "edit; long after an edit, its token is unknown."
        )


class FolderNotFoundError(NotFoundError):
    """There is no folder at this path."""

    def __init__(self, path: str | bytes | os.PathLike[str]) -> None:
        super().__init__(f"There is no folder {for_display(path)}.")
        self.path = path


class EditError(StoatFerretError):
    """An edit of annotations that is not possible; nothing was changed."""


class VideoChangedError(EditError):
    """The video was changed after the version that the edit is based on."""

    def __init__(self, video_id: str) -> None:
        super().__init__(
            f"Somebody else changed video {video_id} meanwhile. Nothing was saved: "
            "load it again, and repeat the change if it is still wanted."
        )
        self.video_id = video_id


class RevisionMissingError(EditError):
    """An edit without the version that it is based on."""

    def __init__(self) -> None:
        super().__init__(
            "Send the ETag of what you edit, as returned by GET, in If-Match, so that no other "
            "change is overwritten unseen; `If-Match: *` overwrites any version."
        )


class TagExistsError(EditError):
    """Another tag already has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is already a tag {name!r}. To put both into one, merge them (`merge`: true)."
        )
        self.name = name


class DuplicatesChangedError(EditError):
    """A group of duplicates that does not exist any more, or lacks the copy to keep."""

    def __init__(self) -> None:
        super().__init__(
            "The copies of this file have changed meanwhile. Nothing was changed: load the "
            "duplicates again, and choose again."
        )


class TooManyTagsError(EditError):
    """A video would have more tags than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A video may have {most} tags at most. Nothing was changed.")


class EditMismatchError(EditError):
    """An undo token or a key that belongs to another edit."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The `{field}` belongs to an edit that makes another change. Nothing was changed: "
            f"send the request without `{field}`, or with one of its own."
        )


class EditActiveError(EditError):
    """An edit that cannot be undone because its job is still running."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"The job of this edit ({job_id}) has not ended yet. Cancel it or wait for it, and "
            "undo it then."
        )


class UndoEndedError(EditError):
    """An edit that was undone already, or too long ago to be undone."""

    def __init__(self, *, is_used: bool, kept_hours: int) -> None:
        super().__init__(
            "This edit was undone already."
            if is_used
            else f"This edit can no longer be undone: what it replaced is kept for {kept_hours} "
            "hours, and less if very many videos are edited meanwhile."
        )


class SearchExistsError(EditError):
    """Another saved search already has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a saved search {name!r}. Choose another name.")
        self.name = name


class TooManySearchesError(EditError):
    """More saved searches than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There may be {most} saved searches at most. Delete one first.")


class PresetExistsError(EditError):
    """Another preset, saved or built in, already has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a preset {name!r}. Choose another name.")
        self.name = name


class TooManyPresetsError(EditError):
    """More saved presets than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There may be {most} saved presets at most. Delete one first.")


class CollectionExistsError(EditError):
    """Another collection already has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a collection {name!r}. Choose another name.")
        self.name = name


class CollectionChangedError(EditError):
    """The collection was renamed after the version that the change is based on."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Somebody else changed the name of this collection meanwhile: it is {name!r} now. "
            "Nothing was saved: repeat the change if it is still wanted."
        )
        self.name = name


class CollectionFullError(EditError):
    """A collection would have more videos than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A collection may have {most:,} videos at most. None was added.")


class TooManyCollectionsError(EditError):
    """More collections than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There may be {most:,} collections at most. Delete one first.")


class NotInCollectionError(EditError):
    """A video that others should be moved before is not in the collection."""

    def __init__(self, video_id: str) -> None:
        super().__init__(
            f"The video {for_display(video_id)} is not in this collection, or no longer. Nothing "
            "was moved: load the collection again."
        )
        self.video_id = video_id


class MarkerChangedError(EditError):
    """The marker was changed after the version that the edit is based on."""

    def __init__(self, marker_id: str) -> None:
        super().__init__(
            f"Somebody else changed marker {for_display(marker_id)} meanwhile. Nothing was saved: "
            "load it again, and repeat the change if it is still wanted."
        )
        self.marker_id = marker_id


class TooManyMarkersError(EditError):
    """More markers of a video than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A video may have {most:,} markers at most. Delete one first.")


class TooManyRulesError(EditError):
    """More rules than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There may be {most} rules at most. Delete one first.")


class RuleRefusedError(EditError):
    """A rule that cannot be made as requested; `location` is the field that is at fault."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.location = field


class SettingFixedError(EditError):
    """A setting that the environment or the command line fixes; nothing was changed."""

    def __init__(self, names: Sequence[str], variables: Sequence[str]) -> None:
        one = len(variables) == 1
        listed = ", ".join(variables)
        super().__init__(
            f"{listed} {'is' if one else 'are'} set in the environment or on the command line of "
            "the server, and cannot be changed here. Nothing was changed: remove it there first."
        )
        self.location = names[0] if one else None


class SettingsChangedError(EditError):
    """The settings were changed after the version that the change is based on."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the settings meanwhile. Nothing was saved: load them again, and "
            "repeat the change if it is still wanted."
        )


class RootRefusedError(EditError):
    """A folder that cannot become a library folder, or one that cannot be removed."""


class WebhookRefusedError(StoatFerretError):
    """A webhook at an address that must not be called."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host} is not called: {reason}.")
        self.host = host


class PathOutsideRootsError(StoatFerretError):
    """A path outside all configured roots."""

    def __init__(self, path: str | bytes | os.PathLike[str], roots: Sequence[str]) -> None:
        names = ", ".join(roots) or "none"
        super().__init__(
            f"{for_display(path)} is outside the configured roots ({names}). "
            "Add its folder in the settings, to STOAT_ROOTS, or to the arguments of `stoat-ferret "
            "serve`."
        )
        self.path = path


class ForgettingChangedError(StoatFerretError):
    """The videos to forget are not those that were confirmed; none was forgotten."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"{found:,} videos would be forgotten now, and {expected:,} were expected. Nothing was "
            "forgotten: load them again, and confirm the new number."
        )
        self.found = found


class BackupError(StoatFerretError):
    """A backup that cannot be made or restored; nothing was changed."""


class InvalidCursorError(StoatFerretError):
    """A list cursor that is invalid or belongs to another list."""

    def __init__(self) -> None:
        super().__init__("The cursor is not valid for this list. Start again without a cursor.")


class JobError(StoatFerretError):
    """An operation on a job that is not possible."""


class JobFinishedError(JobError):
    """The job has already ended."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} has already ended ({status}).")
        self.job_id = job_id
        self.status = status


class JobNotPausableError(JobError):
    """The job is being stopped, and cannot be paused any more."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"Job {job_id} is being stopped and cannot be paused.")
        self.job_id = job_id


class JobNotPausedError(JobError):
    """The job is not paused, so it cannot be resumed."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} is not paused ({status}).")
        self.job_id = job_id
        self.status = status


class JobNotWaitingError(JobError):
    """The job does not wait for its turn, so it has no place in the queue."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(
            f"Job {job_id} does not wait for its turn ({status}): only queued jobs have an order."
        )
        self.job_id = job_id
        self.status = status


class JobOrderError(JobError):
    """The jobs are of different kinds, or only one is for idle hours: each has its own order."""

    def __init__(self, job_id: str, other_id: str, *, same_kind: bool = False) -> None:
        super().__init__(
            f"One of the jobs {job_id} and {other_id} waits until nothing else runs, and the other "
            "does not: each keeps its place among its like. Use “Run now” (`stoat-ferret resume`) "
            "to run it earlier."
            if same_kind
            else f"Job {job_id} is of another kind than job {other_id}: each kind has its own "
            "queue."
        )
        self.job_id = job_id
        self.other_id = other_id


class JobActiveError(JobError):
    """The job has not ended yet."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} has not ended yet ({status}). Cancel it first.")
        self.job_id = job_id
        self.status = status


class UnknownJobKindError(JobError):
    """There is no handler for jobs of this kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no handler for jobs of kind {kind!r}.")
        self.kind = kind


class IllegalTransitionError(JobError):
    """A transition that is not in the table of job states."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"A job cannot go from {old} to {new}.")


class NoLongerMineError(JobError):
    """An attempt of a job that may change nothing any more."""

    def __init__(self, job_id: str, attempt: int) -> None:
        super().__init__(
            f"Attempt {attempt} of job {job_id} is over: the job was stopped, or another attempt "
            "has been started. It changes nothing any more."
        )
        self.job_id = job_id
        self.attempt = attempt


class QueueClosedError(JobError):
    """The queue accepts no more jobs."""

    def __init__(self) -> None:
        super().__init__("The server is shutting down and takes no more jobs.")


class ScanError(StoatFerretError):
    """A scan that is not possible at all."""


class ScanEndedError(ScanError):
    """The scan has ended, so nothing can go on with its files."""

    def __init__(self, root: str) -> None:
        super().__init__(f"The scan of {root} has ended. Scan again to read its files.")
        self.root = root


class RootUnavailableError(ScanError):
    """A root that is absent or cannot be read; nothing in the library was changed."""

    def __init__(self, path: str | bytes | os.PathLike[str], reason: str) -> None:
        super().__init__(
            f"The folder {for_display(path)} cannot be read ({reason}). Is its disk plugged in and "
            "mounted? Nothing in the library was changed."
        )
        self.path = path


class RootEmptyError(ScanError):
    """A root that is suddenly empty; nothing in the library was changed."""

    def __init__(self, path: str | bytes | os.PathLike[str], known: int) -> None:
        super().__init__(
            f"The folder {for_display(path)} is empty, but the library knows {known} videos in it. "
            "Is its disk mounted? Nothing in the library was changed."
        )
        self.path = path


class RenderRefusedError(StoatFerretError):
    """A render that is not possible as requested; the sentence explains why.

    `piece` is the clip or audio track that the error is about, if any, and `field` the name of the
    invalid value in it; without a piece, the full name, such as `options.hdr`.
    """

    def __init__(self, sentence: str, *, piece: object = None, field: str | None = None) -> None:
        super().__init__(sentence)
        self.piece = piece
        self.field = field
        self.location = field if piece is None else None


class TimelineRefusedError(RenderRefusedError):
    """A file that is not a timeline, or contains nothing that can be rendered."""


class RenderNotPlannedError(StoatFerretError):
    """The plan of a render was not ready in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The render could not be planned within {seconds:g} seconds: a disk or the "
            "machine is busy. Try again, or start the render all the same."
        )
        self.seconds = seconds


class NotPlayableError(StoatFerretError):
    """The video cannot be played in the way that is asked for; the sentence explains why."""


class PlaybackBusyError(StoatFerretError):
    """All processes that convert videos for players are busy."""

    def __init__(self, processes: int) -> None:
        super().__init__(
            f"All {processes} processes that convert videos for players are busy. Try again when "
            "somebody has stopped watching, or raise STOAT_PLAYBACK_PROCESSES."
        )


class PlaybackSupersededError(StoatFerretError):
    """The player has asked for another part of the video meanwhile."""

    def __init__(self) -> None:
        super().__init__("This player asks for another part of the video by now.")


class OutputError(StoatFerretError):
    """Rendered files that cannot be kept; none was kept."""


class OutputFolderError(OutputError):
    """The folder for rendered files cannot be used."""

    def __init__(self, path: str | bytes | os.PathLike[str], reason: str) -> None:
        super().__init__(
            f"The folder for rendered files, {for_display(path)}, cannot be used ({reason}). "
            "Make it writable, or choose another one with STOAT_OUTPUT_DIR."
        )
        self.path = path


class OutputSpaceError(OutputError):
    """There is too little disk space for a render; it was not started."""

    def __init__(
        self, path: str | bytes | os.PathLike[str], needed_bytes: int, free_bytes: int
    ) -> None:
        super().__init__(
            f"There is too little room in {for_display(path)}: about {needed_bytes / 1e6:,.0f} "
            f"MB are needed, and {free_bytes / 1e6:,.0f} MB are free. Make room, or choose another "
            "folder with STOAT_OUTPUT_DIR."
        )
        self.path = path


class OutputFaultError(OutputError):
    """The output is not what was requested."""

    def __init__(self, faults: Sequence[str]) -> None:
        listed = "; ".join(fault.rstrip(".") for fault in faults)
        super().__init__(
            f"ffmpeg ended well, but what it made is not what was asked for: {listed}. "
            "Nothing was kept."
        )
        self.faults = tuple(faults)


class BatchFailedError(OutputError):
    """None of several videos could be rendered; `first` and `reason` are about the first one."""

    def __init__(self, count: int, first: str, reason: str) -> None:
        super().__init__(
            f"{for_display(first)}: {reason}"
            if count == 1
            else f"None of the {count:,} videos could be rendered. {for_display(first)}: {reason}"
        )
        self.count = count


class MediaProcessError(StoatFerretError):
    """A process that reads or makes media; `detail` is what happened, without the program."""

    def __init__(self, program: str, detail: str) -> None:
        super().__init__(program, detail)
        self.program = program
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.program} {self.detail}"


class ProcessNotStartedError(MediaProcessError):
    """The process could not be started, so nothing is known about its file."""


class ProcessTimeoutError(MediaProcessError):
    """The deadline passed; the process and its children were killed."""


class ProcessStalledError(ProcessTimeoutError):
    """The process ran without progress; it and its children were killed."""


class ProcessCrashedError(MediaProcessError):
    """The process was killed by a signal or ended with a failure."""


class ProcessOutputError(MediaProcessError):
    """The process printed more than allowed and was killed."""


class DiskFullError(MediaProcessError):
    """The disk was full when the process wrote."""


class MediaError(StoatFerretError):
    """A file that cannot be used; `reason` is the sentence without the path.

    `fingerprint` is the fingerprint of the file if it could be computed, so that a bad file that is
    moved keeps its record. `is_of_disk` is true if the content could not be examined: what was
    known about it still holds, and every scan tries again.
    """

    is_of_disk = False

    def __init__(
        self,
        path: str | bytes | os.PathLike[str],
        reason: str,
        *,
        fingerprint: str | None = None,
    ) -> None:
        # All facts are in `args`, so that the error survives pickling in a worker process.
        super().__init__(os.fsdecode(path), reason)
        self.path = os.fsdecode(path)
        self.reason = reason
        self.fingerprint = fingerprint

    def __str__(self) -> str:
        return f"{for_display(self.path)}: {self.reason}"


class FileVanishedError(MediaError):
    """The file was found but no longer exists."""

    is_of_disk = True


class FileUnreadableError(MediaError):
    """The file exists but cannot be read."""

    is_of_disk = True


class InvalidMediaError(MediaError):
    """The file was read but its content is invalid."""


class ProbeTimeoutError(MediaError):
    """The deadline for this file passed; its prober was killed."""

    is_of_disk = True


class ProbeCrashedError(MediaError):
    """The prober died while reading this file."""
