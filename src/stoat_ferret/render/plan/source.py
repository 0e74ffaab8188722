"""The facts about source files that the planner needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.render.plan.text.fonts import Fonts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.plan.text.attached_fonts import Attachment
    from stoat_ferret.render.plan.text.cues import Cues
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.video.picture_times import PictureTimes
    from stoat_ferret.render.request.root_file import ImageFile, LutFile, SubtitleFile


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A picture that can be decoded by itself.

    Times are from the start of the file. It is clean if nothing that follows it in the file is
    shown before it. `is_idr` is false for one of H.264 at which a decoder does not start afresh: an
    encoded picture must not come before it. `delay` is the time from its decoding to its display.
    """

    seconds: Fraction
    is_clean: bool = True
    is_idr: bool = True
    delay: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class CleanEnd:
    """A position at which packets can be dropped without losing a picture before it.

    All that is shown before `seconds` precedes the packet that is decoded at `decoded_at` in the
    file, and nothing else does; both are from the start of the file.
    """

    seconds: Fraction
    decoded_at: Fraction


@dataclass(frozen=True, slots=True)
class StreamHeader:
    """The facts in the header of a stream that probing does not provide.

    `kind` is FFmpeg's type (`video`, `audio`, `subtitle`, `data`, `attachment`), `tag` the
    four-letter code, `dispositions` the names of those that are set. `title` is also what MP4
    files call the name of a track. `file_name` and `mime_type` are those of an attachment.
    `has_statistics` is true if tags count its frames or bytes, as mkvmerge writes them. `end` is in
    seconds from the start of the file, if the file states it; so is `bit_rate`, in bits a second.
    `header_bytes` are outside of its packets, such as all of an attachment.
    """

    kind: str
    codec: str | None = None
    tag: str | None = None
    dispositions: tuple[str, ...] = ()
    title: str | None = None
    time_code: str | None = None
    file_name: str | None = None
    mime_type: str | None = None
    has_statistics: bool = False
    end: Fraction | None = None
    bit_rate: int | None = None
    header_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Timestamps of a file that probing does not provide.

    `video_start` is the time of the first picture, and `video_end` the end of the last one, from
    the start of the file. `rate` is that of the even times at which pictures are shown; if it is
    None, they may be `is_variable`, and `roomy_rate` is one at which almost all of them are shown.
    `pictures`, `key_frames` and `clean_ends` are those near the requested places, in order;
    `all_pictures` are those of the whole file, where an index lists them.
    `starts` are the first timestamps of all streams by their indexes, from the start of the file.
    A decoder that begins at a key frame may need `recovery` seconds until its pictures are whole.
    A picture is decoded at most `delay` seconds before it is shown, as far as they were read.
    If packets have no presentation times, `video_start` may be `early` by some seconds.
    If it `hides_packets`, an edit list hides its first packets, and with `is_hidden_start` also the
    key frame that its first picture needs. If it `is_jumping`, the
    timestamps start anew somewhere. `is_encrypted` is true if the pictures cannot be decoded.
    `streams` are the headers of all streams by their indexes. `picture_bytes` is the mean size of
    the pictures at both ends, which are all if the file `is_whole`; None if unknown.
    """

    video_start: Fraction = Fraction(0)
    video_end: Fraction | None = None
    is_variable: bool = False
    rate: Fraction | None = None
    roomy_rate: Fraction | None = None
    recovery: Fraction = Fraction(0)
    early: Fraction = Fraction(0)
    delay: Fraction = Fraction(0)
    hides_packets: bool = False
    is_hidden_start: bool = False
    is_jumping: bool = False
    pictures: PictureTimes | None = None
    key_frames: tuple[KeyFrame, ...] = ()
    clean_ends: tuple[CleanEnd, ...] = ()
    starts: Mapping[int, Fraction] = field(default_factory=dict)
    is_encrypted: bool = False
    streams: Mapping[int, StreamHeader] = field(default_factory=dict)
    picture_bytes: float | None = None
    is_whole: bool = False
    all_pictures: PictureTimes | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be opened; `path` is absolute, as `os.fsdecode` returns it.

    `hdr_metadata` is that of its video, if that has high dynamic range and any. `has_alpha_channel`
    is true for a video whose transparency is stored beside it, as in WebM. `attachments` are known
    if the request burns in or keeps subtitles.
    """

    path: str
    info: MediaInfo
    timing: Timing = Timing()
    hdr_metadata: HdrMetadata | None = None
    has_alpha_channel: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SubtitleText:
    """A subtitle file that was read; `language` is by ISO 639-2, `notes` are for people."""

    name: str
    cues: Cues
    language: str | None = None
    is_forced: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Materials:
    """All files that a request may name: videos by id, images with paths, and the text of LUTs.

    `fonts` are those for the texts. `stems` are the names of the videos without extension, by id.
    `subtitle_files` are the subtitle files that clips name, and `beside` those beside the videos,
    by the ids of the videos.
    """

    videos: Mapping[str, Source]
    images: Mapping[ImageFile, str] = field(default_factory=dict)
    fonts: Fonts = field(default_factory=Fonts)
    luts: Mapping[LutFile, str] = field(default_factory=dict)
    stems: Mapping[str, str] = field(default_factory=dict)
    subtitle_files: Mapping[SubtitleFile, SubtitleText] = field(default_factory=dict)
    beside: Mapping[str, tuple[SubtitleText, ...]] = field(default_factory=dict)


class Tools(Protocol):
    """The capabilities of the installed ffmpeg, by FFmpeg's names.

    `transitions` are the kinds of the filter xfade, none if unknown. `hardware_encoders` are those
    that were tried and work, the preferred ones first. `cores` is the number of processor cores of
    the machine.
    """

    @property
    def encoders(self) -> Collection[str]: ...
    @property
    def decoders(self) -> Collection[str]: ...
    @property
    def filters(self) -> Collection[str]: ...
    @property
    def muxers(self) -> Collection[str]: ...
    @property
    def transitions(self) -> Collection[str]: ...
    @property
    def hardware_encoders(self) -> Sequence[str]: ...
    @property
    def cores(self) -> int: ...
