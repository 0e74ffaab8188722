"""libav's own description of an open file, for facts that PyAV does not provide.

PyAV gives no access to the side data of a stream, nor to a stream without a decoder. The text that
`ffmpeg -i` prints contains both; the contract suite over both probers verifies the parsing. A
stream that the text lacks, or describes in an unknown form, is kept with the facts from PyAV only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import av.logging
from av.audio.layout import AudioLayout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer

# Two spaces begin an entry: streams, programs, groups, chapters. Streams of a group are indented
# further, and so is metadata, whose keys may look like anything.
_SECTION = re.compile(r"  (?=[^ ])(Stream group #)?")
_STREAM = re.compile(r"(  |    )Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(.*)")
_KIND = re.compile(r": (\w+): (.*)")
_KIND_SOMEWHERE = re.compile(r"\): (\w+): (.*)")
_ROTATION = re.compile(r" {6,}Display Matrix: rotation of (-?[\d.]+) degrees")
_DOLBY_VISION = re.compile(r" {6,}DOVI configuration record: ")
_CODEC = re.compile(r"[^ ,]+")
_TAG = re.compile(r" \(([^\[\]]{4}) / 0x[0-9A-F]{8}\)")
_DISPOSITIONS = re.compile(
    r"(?: \((?:default|dub|original|comment|lyrics|karaoke|forced|hearing impaired|"
    r"visual impaired|clean effects|attached pic|timed thumbnails|non-diegetic|captions|"
    r"descriptions|metadata|dependent|still image|multilayer)\))+$"
)


@dataclass
class StreamDescription:
    """The description of one stream; `rotation` is counterclockwise, in degrees."""

    text: str = ""
    rotation: float = 0.0
    dolby_vision: bool = False

    @property
    def codec(self) -> str:
        """The name of the codec, its four-letter code if FFmpeg has no name, or `unknown`."""
        name = _CODEC.match(self.text)
        if name and name[0] != "none":
            return name[0]
        tag = _TAG.search(self.text)
        return tag[1] if tag else "unknown"

    @property
    def size(self) -> tuple[int, int]:
        """The width and height of the pictures; zeros if unknown."""
        match = re.search(r", (\d+)x(\d+)", self.text)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    @property
    def sample_rate(self) -> int:
        """Samples a second; 0 if unknown."""
        match = re.search(r", (\d+) Hz", self.text)
        return int(match[1]) if match else 0

    @property
    def layout(self) -> str | None:
        """The layout of the audio channels, or their number as `2 channels`."""
        _, *parts = _DISPOSITIONS.sub("", self.text).split(", ")
        found = [part for part in parts if not part.endswith((" Hz", " kb/s"))]
        return found[0] if found else None

    @property
    def channels(self) -> int:
        """The number of audio channels; 0 if unknown."""
        counted = re.match(r"(\d+) channels", self.layout or "")
        if counted or not self.layout:
            return int(counted[1]) if counted else 0
        try:
            return AudioLayout(self.layout).nb_channels
        except (ValueError, av.FFmpegError):
            return 0


def describe_streams(container: InputContainer) -> dict[int, StreamDescription]:
    """Return libav's description of each stream of an open file, by the stream's index.

    Every index has a description, which is empty if nothing was printed.
    """
    languages = {stream.index: stream.language or "" for stream in container.streams}
    return read_description(_dump(container), languages)


def read_description(text: str, languages: dict[int, str]) -> dict[int, StreamDescription]:
    """Parse what libav prints; `languages` contains those of the streams by their index."""
    streams: dict[int, StreamDescription] = defaultdict(StreamDescription)
    stream = StreamDescription()
    for line, in_group in _lines(text, languages):
        header = _STREAM.fullmatch(line)
        if header and (in_group or header[1] == "  "):
            # A stream of a program is printed again for each other program that contains it.
            stream = streams[int(header[2])]
            stream.text = stream.text or _without_kind(header[3], languages.get(int(header[2])))
        elif rotation := _ROTATION.match(line):
            stream.rotation = _number(rotation[1])
        elif _DOLBY_VISION.match(line):
            stream.dolby_vision = True
    return streams


def _lines(text: str, languages: dict[int, str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it belongs to a group of streams."""
    for language in {language for language in languages.values() if "\n" in language}:
        text = text.replace(f"({language})", "")
    in_group = False
    # Not `splitlines`, which also splits at characters that a title may contain.
    for line in text.split("\n"):
        if section := _SECTION.match(line):
            in_group = bool(section[1])
        yield line, in_group


def _without_kind(rest: str, language: str | None) -> str:
    """Remove the kind of a stream, and the language before it as the file spells it."""
    known = f"({language})" if language else ""
    found = _KIND.fullmatch(rest.removeprefix(known)) or _KIND_SOMEWHERE.search(rest)
    return found[2] if found else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _dump(container: InputContainer) -> str:
    """Return the text; it is printed to the log, which is otherwise off.

    Streams of a group are printed only at the verbose level.
    """
    av.logging.set_level(av.logging.VERBOSE)
    try:
        text: str = container.dumps_format()  # type: ignore[attr-defined]  # not in PyAV's stubs
    finally:
        quieten_log()
    return text


class Complaints:
    """A context that captures the errors that libav logs; they are printed nowhere."""

    def __init__(self) -> None:
        self._capture = av.logging.Capture()
        self._logs: list[tuple[int, str, str]] = []

    @property
    def text(self) -> str:
        """All messages, one a line."""
        return "".join(message for _, _, message in self._logs)

    def __enter__(self) -> None:
        av.logging.set_level(av.logging.ERROR)
        self._logs = self._capture.__enter__()

    def __exit__(self, *error: object) -> None:
        self._capture.__exit__(None, None, None)
        quieten_log()


def quieten_log() -> None:
    """Print nothing, but let errors carry the last message that libav logged."""
    av.logging.set_level(av.logging.PANIC)
    av.logging.set_skip_repeated(False)
