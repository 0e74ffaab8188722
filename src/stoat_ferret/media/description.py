"""libav's own description of an open file, for the facts that PyAV does not hand out.

PyAV has no access to the side data of a stream, and none to a stream without a decoder. The
text that `ffmpeg -i` prints has both; the contract suite over both probers holds it to account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import av.logging
from av.audio.layout import AudioLayout

if TYPE_CHECKING:
    from av.container import InputContainer

_STREAM = re.compile(r"  Stream #0:(\d+)[^ ]*: (\w+): (.*)")
_ROTATION = re.compile(r" {6}Display Matrix: rotation of (-?[\d.]+) degrees")
_DOLBY_VISION = "      DOVI configuration record: "
_CODEC = re.compile(r"[^ ,]+")
_TAG = re.compile(r" \(([^\[\]]{4}) / 0x[0-9A-F]{8}\)")


@dataclass
class StreamDescription:
    """What the text says of one stream; `rotation` is anti-clockwise, in degrees."""

    text: str
    rotation: float = 0.0
    dolby_vision: bool = False

    @property
    def codec(self) -> str:
        """The name of the codec, its four letters where FFmpeg has no name, or `unknown`."""
        name = _CODEC.match(self.text)
        if name and name[0] != "none":
            return name[0]
        tag = _TAG.search(self.text)
        return tag[1] if tag else "unknown"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures; zeros where they are not known."""
        match = re.search(r", (\d+)x(\d+)", self.text)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    @property
    def sample_rate(self) -> int:
        """Samples a second; zero where it is not known."""
        match = re.search(r", (\d+) Hz", self.text)
        return int(match[1]) if match else 0

    @property
    def layout(self) -> str | None:
        """The layout of the audio channels, or how many there are as `2 channels`."""
        match = re.search(r" Hz, ([^,]+)", self.text)
        return match[1] if match else None

    @property
    def channels(self) -> int:
        """How many audio channels there are; zero where it is not known."""
        counted = re.match(r"(\d+) channels", self.layout or "")
        if counted or not self.layout:
            return int(counted[1]) if counted else 0
        try:
            return AudioLayout(self.layout).nb_channels
        except ValueError:
            return 0


def describe_streams(container: InputContainer) -> dict[int, StreamDescription]:
    """What libav prints of each stream of an open file, by the stream's index."""
    streams: dict[int, StreamDescription] = {}
    stream = StreamDescription("")
    for line in _dump(container).splitlines():
        if header := _STREAM.match(line):
            # A stream of a programme is named again in a list of its own.
            stream = streams.setdefault(int(header[1]), StreamDescription(header[3]))
        elif rotation := _ROTATION.match(line):
            stream.rotation = float(rotation[1])
        elif line.startswith(_DOLBY_VISION):
            stream.dolby_vision = True
    return streams


def _dump(container: InputContainer) -> str:
    """The text; it goes through the log, which is off otherwise."""
    av.logging.set_level(av.logging.INFO)
    try:
        text: str = container.dumps_format()  # type: ignore[attr-defined]  # not in PyAV's stubs
    finally:
        quieten_log()
    return text


def quieten_log() -> None:
    """Print nothing, but let errors carry the last thing that libav had to say."""
    av.logging.set_level(av.logging.PANIC)
    av.logging.set_skip_repeated(False)
