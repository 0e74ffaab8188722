"""The fonts that are attached to a file for its subtitles."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import Inputs
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source

STYLED_CODECS = frozenset({"ass", "ssa"})
"""The codecs whose subtitles name fonts."""
_MOMENT = Fraction(1)
_WEIGHT = 0.1
MOST_FONTS = 200
MOST_BYTES = 256 * 2**20
_EXTENSIONS = (".ttf", ".otf", ".ttc", ".otc")
_TYPES = frozenset(
    "application/x-truetype-font application/x-font-ttf application/x-font-otf "
    "application/x-font-opentype application/vnd.ms-opentype application/font-sfnt "
    "application/x-font".split()
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a video, in the stream `index`; `name` is only for people and players."""

    index: int
    name: str
    media_type: str
    size_bytes: int

    @property
    def is_font(self) -> bool:
        """Whether it is a font, by its type or its name."""
        is_named = self.name.lower().endswith(_EXTENSIONS)
        return is_named or self.media_type.startswith("font/") or self.media_type in _TYPES


def fonts_among(attachments: Iterable[Attachment]) -> tuple[list[Attachment], list[str]]:
    """Return the attached fonts, up to a number and a size, and a note if that leaves some out."""
    found = [one for one in attachments if one.is_font and one.size_bytes]
    kept: list[Attachment] = []
    total = 0
    for font in found:
        if len(kept) < MOST_FONTS and total + font.size_bytes <= MOST_BYTES:
            kept.append(font)
            total += font.size_bytes
    left_out = len(found) - len(kept)
    if not left_out:
        return kept, []
    note = (
        f"{left_out} of the fonts in a file are left out: {MOST_FONTS} with {MOST_BYTES >> 20} MiB "
        "together are used at most."
    )
    return kept, [note]


def extraction_arguments(fonts: Iterable[Attachment], folder: str) -> list[str]:
    """Return the input options that write fonts into a folder, under numbers for names."""
    return [
        word
        for number, font in enumerate(fonts)
        for word in (f"-dump_attachment:{font.index}", _file(folder, number))
    ]


def keeping_arguments(fonts: Iterable[Attachment], folder: str) -> list[str]:
    """Return the output options that attach fonts, which were written into a folder."""
    arguments: list[str] = []
    for place, font in enumerate(fonts):
        tags = f"-metadata:s:t:{place}"
        arguments += ["-attach", _file(folder, place)]
        arguments += [tags, f"filename={font.name}", tags, f"mimetype={font.media_type}"]
    return arguments


def extraction_pass(part: Excerpt, fonts: Iterable[Attachment], folder: str) -> RenderPass:
    """Return the pass that only writes fonts into a folder.

    Mapped instead, a stream without a packet would have FFmpeg read the whole video for it.
    """
    inputs = Inputs()
    number = inputs.add_video(part.source.path, Fraction(0), _MOMENT)
    output = ("-map", f"{number}:v:0", "-c", "copy", "-frames:v", "1", "-f", "null", "-")
    arguments = (*extraction_arguments(fonts, folder), *inputs.arguments, *output)
    return RenderPass(RenderPhase.READING_SUBTITLES, arguments, part.length, weight=_WEIGHT)


def _file(folder: str, number: int) -> str:
    return f"{folder}/{number:03d}.ttf"


@dataclass(slots=True)
class FontFolders:
    """The folders for the attached fonts, one for each file that has any, and notes.

    `found` are the fonts: paths of files with the indexes of streams.
    """

    folders: dict[str, str] = field(default_factory=dict)
    found: set[tuple[str, int]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def of(self, source: Source, stream: SubtitleStream) -> tuple[str, list[str]]:
        """Return the folder for the fonts of a stream, and the input options that fill it.

        The folder is "" without fonts; the options are empty if they were given before.
        """
        if stream.codec not in STYLED_CODECS:
            return "", []
        if source.path in self.folders:
            return self.folders[source.path], []
        fonts, notes = fonts_among(source.attachments)
        self.notes += notes
        self.found |= {(source.path, font.index) for font in fonts}
        folder = f"fonts-{len(self.folders)}" if fonts else ""
        self.folders[source.path] = folder
        return folder, extraction_arguments(fonts, folder)
