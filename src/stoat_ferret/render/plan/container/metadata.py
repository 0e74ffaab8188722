"""The metadata of a result: tags, chapters and time code, kept or left out for privacy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.chapters import chapter_file, chapters_of
from stoat_ferret.render.plan.container.time_code import moved_time_code
from stoat_ferret.render.plan.excerpt import even_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from stoat_ferret.render.plan.container.chapters import Stay
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.filter_graph import Inputs
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

CLEAN = ("-map_metadata", "-1", "-map_chapters", "-1")
"""Arguments that leave out all metadata, also that of streams."""
_FILE = "chapters.txt"
_BRANDS = frozenset("major_brand minor_version compatible_brands".split())
_OF_THE_FILE = _BRANDS | frozenset(
    "encoder duration company_name product_name product_version timecode".split()
)
"""Tags that describe the file rather than what it shows; the time code is treated by itself."""
_WITH_KEYS = frozenset({"mp4", "mov"})
"""The muxers that write either the usual tags, or any as QuickTime's metadata keys."""
_STATISTICS = (
    "BPS DURATION NUMBER_OF_FRAMES NUMBER_OF_BYTES _STATISTICS_WRITING_APP "
    "_STATISTICS_WRITING_DATE_UTC _STATISTICS_TAGS"
).split()
"""The tags of streams that are wrong after a cut."""


@dataclass(frozen=True, slots=True)
class MetadataPlan:
    """The metadata of a result.

    `source` is the file with the tags, None if there are none to keep. `own_tags` replace tags of
    the file, and an empty one removes it; `stream_tags` do so for the picture.
    """

    is_kept: bool
    source: Source | None = None
    own_tags: Mapping[str, str] = field(default_factory=dict)
    stream_tags: Mapping[str, str] = field(default_factory=dict)
    chapters: str = ""
    has_old_chapters: bool = False
    uses_keys: bool = False
    has_statistics: bool = False
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """The files that the arguments need in the scratch folder."""
        return {_FILE: self.chapters} if self.chapters else {}

    def arguments(self, inputs: Inputs, number: int | None, *, copies: bool) -> list[str]:
        """Return output arguments, and add the inputs that they need.

        `number` is the input of `source`, None if it is not open yet. If the streams are copied,
        FFmpeg copies their tags too.
        """
        if not self.is_kept:
            return [*CLEAN]
        arguments = self._source_arguments(inputs, number, copies=copies)
        for name, value in self.own_tags.items():
            arguments += ["-metadata", f"{name}={value}"]
        for name, value in self.stream_tags.items():
            arguments += ["-metadata:s:v:0", f"{name}={value}"]
        if copies and self.has_statistics:
            for name in _STATISTICS:
                arguments += ["-metadata:s", f"{name}=", "-metadata:s", f"{name}-eng="]
        return arguments

    def _source_arguments(self, inputs: Inputs, number: int | None, *, copies: bool) -> list[str]:
        """Return the arguments that take tags and chapters from inputs."""
        tags, chapters = ([], []) if copies else (["-map_metadata", "-1"], ["-map_chapters", "-1"])
        if self.source is not None:
            opened = inputs.add_header(self.source.path) if number is None else number
            tags = ["-map_metadata", str(opened)]
        if self.chapters:
            opening = ["-protocol_whitelist", "file", "-f", "ffmetadata", "-i", _FILE]
            chapters = ["-map_chapters", str(inputs.add(opening))]
        elif self.has_old_chapters:
            chapters = ["-map_chapters", "-1"]
        return [*tags, *chapters]

    @property
    def mux_arguments(self) -> list[str]:
        """Arguments for the muxer, which replace those of the container."""
        return ["-movflags", "+faststart+use_metadata_tags"] if self.uses_keys else []


def plan_metadata(
    request: RenderRequest,
    preset: Preset,
    stays: Sequence[Stay],
    container: Container,
    rate: Fraction,
) -> MetadataPlan:
    """Plan the metadata of a result that shows `stays`, at `rate` frames a second.

    The tags are those of the first clip.
    """
    choice = request.options.metadata
    if (choice or preset.metadata) == "none":
        hint = "" if choice else " `metadata: keep` keeps them."
        return MetadataPlan(is_kept=False, notes=_privacy_notes(stays, hint))
    if not stays:  # only images
        return MetadataPlan(is_kept=True)
    source = stays[0].excerpt.source
    tags = _tags_of(source)
    lost = [name for name in tags if container.tags is not None and not _held(name, container)]
    uses_keys = container.muxer in _WITH_KEYS and any(
        name.startswith("com.") or name in {"make", "model"} for name in lost
    )
    notes = []
    if lost and not uses_keys:
        notes.append(
            f"Tags that {container.name} files do not hold are left out: "
            f"{', '.join(dict.fromkeys(map(_plain, lost)))}."
        )
    if any(_tags_of(stay.excerpt.source) != tags for stay in stays):
        notes.append("The tags are those of the first clip.")
    is_free = container.tags is None or uses_keys
    own_tags = _replaced_tags(source, tags, is_free=is_free)
    code, code_notes = _time_code(stays, container, rate)
    chapters = chapters_of(stays)
    if any(stay.excerpt.source.info.chapters and not stay.is_in_order for stay in stays):
        notes.append("Chapters of clips that are reversed or frozen are left out.")
    if chapters and not container.has_chapters:
        notes.append(
            f"The chapters ({len(chapters)}) are left out: {container.name} files hold none. "
            "mkv and mp4 files do."
        )
        chapters = []
    return MetadataPlan(
        is_kept=True,
        source=source if tags and (lost != tags or uses_keys) else None,
        own_tags={**own_tags, **code},
        stream_tags=code,
        chapters=chapter_file(chapters) if chapters else "",
        has_old_chapters=any(stay.excerpt.source.info.chapters for stay in stays),
        uses_keys=uses_keys,
        has_statistics=any(one.has_statistics for one in source.timing.streams.values()),
        notes=(*notes, *code_notes),
    )


def _privacy_notes(stays: Sequence[Stay], hint: str) -> tuple[str, ...]:
    tags = sorted({_plain(name) for stay in stays for name in _tags_of(stay.excerpt.source)})
    parts = [f"the tags {', '.join(tags)}"] if tags else []
    if chapters := chapters_of(stays):
        parts.append(f"{len(chapters)} chapter{'' if len(chapters) == 1 else 's'}")
    if any(code_of(stay.excerpt.source) for stay in stays):
        parts.append("the time code")
    return (f"Metadata is left out: {'; '.join(parts)}.{hint}",) if parts else ()


def _tags_of(source: Source) -> list[str]:
    return [name for name in source.info.tags if _plain(name) not in _OF_THE_FILE]


def _plain(name: str) -> str:
    """Return a tag's name without the language that may follow it: `location-eng`."""
    start, dash, language = name.rpartition("-")
    return start if dash and len(language) == 3 else name


def _held(name: str, container: Container) -> bool:
    return container.tags is None or _plain(name) in container.tags


def _replaced_tags(source: Source, tags: Sequence[str], *, is_free: bool) -> dict[str, str]:
    """Return tags to change if `is_free`, which means that any would be written as text.

    Those of the container of `source` are removed. A date that is in the header and as text is
    read as two, unless both look the same.
    """
    if not is_free:
        return {}
    replaced = dict.fromkeys(sorted(_BRANDS & source.info.tags.keys()), "")
    if "creation_time" in tags:
        replaced["creation_time"] = _as_in_header(source.info.tags["creation_time"])
    return replaced


def _as_in_header(moment: str) -> str:
    """Return the first of the moments in a tag as FFmpeg reads it from a header."""
    first = moment.partition(";")[0]
    try:
        known = datetime.fromisoformat(first)
    except ValueError:
        return first
    if known.tzinfo is not None:
        known = known.astimezone(UTC).replace(tzinfo=None)
    return f"{known.isoformat(timespec='microseconds')}Z"


def code_of(source: Source) -> str | None:
    """Return the time code of the first picture of a file, if it has one."""
    video = source.info.main_video
    headers = source.timing.streams
    own = headers.get(video.index) if video else None
    every = [*([own] if own else []), *headers.values()]
    found = next((header.time_code for header in every if header.time_code), None)
    return found or source.info.tags.get("timecode")


def _time_code(
    stays: Sequence[Stay], container: Container, rate: Fraction
) -> tuple[dict[str, str], list[str]]:
    """Return the tag with the time code of the result, empty if it has none, and notes."""
    stay = stays[0]
    source = stay.excerpt.source
    code = code_of(source)
    if code is None:
        return {}, []
    own_rate = even_rate(source)
    if not container.has_time_code:
        reason = f"{container.name} files hold none"
    elif own_rate is None or round(own_rate) != round(rate):
        reason = "the frame rate changes"
    elif not stay.is_in_order:
        reason = "the clip is reversed or frozen"
    else:
        passed = stay.excerpt.start - source.timing.video_start - stay.start
        if moved := moved_time_code(code, passed, own_rate):
            many = "The time code continues from that of the first clip."
            return {"timecode": moved}, [many] if len(stays) > 1 else []
        reason = "it does not fit the frame rate"
    return {"timecode": ""}, [f"The time code {code} is left out: {reason}."]
