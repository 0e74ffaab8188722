"""Filter graphs of FFmpeg as text, and the input files of a command."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.render.plan.excerpt import INDEXLESS
from stoat_ferret.render.plan.video.transparency import alpha_decoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source, Tools


class FilterGraph:
    """Filter chains that are connected by named pads."""

    def __init__(self) -> None:
        self._chains: list[str] = []
        self._pads = 0

    def __str__(self) -> str:
        return ";".join(self._chains)

    def pad(self) -> str:
        """Return a new pad name, such as `[p0]`."""
        self._pads += 1
        return f"[p{self._pads - 1}]"

    def chain(self, inputs: str, filters: list[str]) -> str:
        """Add a chain from the pads `inputs` through `filters`, and return its output pad."""
        (out,) = self.split_chain(inputs, filters, 1)
        return out

    def split_chain(self, inputs: str, filters: list[str], count: int) -> list[str]:
        """Add a chain with `count` output pads, and return them."""
        outs = [self.pad() for _ in range(count)]
        self._chains.append(f"{inputs}{','.join(filters or ['null'])}{''.join(outs)}")
        return outs

    def finish(self, pad: str, filters: list[str], name: str) -> str:
        """Add a chain from `pad` through `filters` to an output pad called `name`."""
        self._chains.append(f"{pad}{','.join(filters)}[{name}]")
        return f"[{name}]"


def number(value: Fraction) -> str:
    """Return an expression that FFmpeg evaluates to exactly `value`."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"({value.numerator}/{value.denominator})"


def microseconds(value: Fraction) -> str:
    """Format `value` seconds for an option of ffmpeg, which has microsecond precision."""
    whole = round(value * 1_000_000)
    return f"{whole // 1_000_000}.{whole % 1_000_000:06d}"


def option_value(text: str) -> str:
    """Escape any `text` for use as the value of a filter option.

    FFmpeg unescapes it twice: when it parses the graph, and when it parses the options of a filter.
    """
    for special in ("\\':", "\\'[],;{} \t\n"):
        text = "".join(f"\\{char}" if char in special else char for char in text)
    return text


_GENERATING = ["-fflags", "+genpts"]
_TIMELESS = frozenset({"avi", "mpeg"})
"""The containers whose packets may have no presentation times."""


def has_times(info: MediaInfo) -> bool:
    """Return whether all packets of a file have presentation times."""
    return info.container not in _TIMELESS


def input_options(info: MediaInfo) -> list[str]:
    """Return the options of FFmpeg for reading the packets of a file with their times."""
    return [] if has_times(info) else _GENERATING


_OPENING = [part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)]
_PACKET_LEAD = Fraction(2)
"""More seconds than any key frame is decoded before it is shown."""
_IMAGE_EXTENSIONS = frozenset("png jpg jpeg webp bmp tif tiff".split())


def check_image(path: str, location: str | None = None) -> None:
    """Raise `RenderRefusedError` if the name is not that of an image that can be opened."""
    if path.rpartition(".")[2].lower() not in _IMAGE_EXTENSIONS:
        names = ", ".join(sorted(_IMAGE_EXTENSIONS))
        raise RenderRefusedError(f"A picture must be one of {names}, not {path!r}.", field=location)


class Inputs:
    """The arguments that open input files, which are numbered from 0.

    File names are passed so that none can be taken for an option or a protocol. With `tools`, the
    transparency of videos is decoded. The decoders of each video have `decoder_threads`; None
    leaves that to FFmpeg.
    """

    def __init__(self, tools: Tools | None = None, decoder_threads: int | None = None) -> None:
        self.arguments: list[str] = []
        self._tools = tools
        self._threads = [] if decoder_threads is None else ["-threads", str(decoder_threads)]
        self._count = 0

    def add_excerpt(self, part: Excerpt, *, upright: bool = True) -> int:
        """Add an excerpt of a video, read from its `seek` on, rotated `upright` or as stored."""
        seek = part.seek - part.origin
        decoder = alpha_decoder(part.source, self._tools) if self._tools else []
        return self.add_video(part.source.path, seek, part.reach, upright=upright, decoder=decoder)

    def add_video(
        self,
        path: str,
        seek: Fraction,
        length: Fraction,
        *,
        upright: bool = True,
        decoder: Sequence[str] = (),
    ) -> int:
        """Add a video, read from `seek` on, relative to what ffmpeg considers its start.

        `decoder` are the options that choose one.
        """
        start = ["-ss", microseconds(seek)] if seek else []
        turning = [] if upright else ["-noautorotate"]
        end = ["-t", microseconds(length)]
        opening = [*_OPENING, *self._threads, *turning, *decoder]
        return self.add([*opening, *start, *end, "-i", f"file:{path}"])

    def add_packets(self, source: Source, seek: Fraction, length: Fraction) -> int:
        """Add a video whose packets are copied; see `add_video`.

        Without an index, ffmpeg seeks to what is decoded then, and may miss a key frame that is
        decoded long before it is shown. So it seeks earlier, and the packets before time 0 are
        dropped.
        """
        self.arguments += input_options(source.info)
        earlier = min(_PACKET_LEAD, seek) if source.info.container in INDEXLESS else None
        if earlier:
            self.arguments += ["-itsoffset", f"-{microseconds(earlier)}"]
        return self.add_video(source.path, seek - (earlier or 0), length)

    def add_header(self, path: str, options: Sequence[str] = ()) -> int:
        """Add a video of which little more than tags and cover art is read."""
        return self.add([*_OPENING, *options, "-t", "0.001", "-i", f"file:{path}"])

    def add_image(self, path: str) -> int:
        """Add an image; its name is not expanded as a pattern."""
        check_image(path)
        options = ["-protocol_whitelist", "file", "-f", "image2", "-pattern_type", "none"]
        return self.add([*options, "-i", f"file:{path}"])

    def add(self, arguments: list[str]) -> int:
        """Add an input with these arguments, and return its number."""
        self.arguments += arguments
        self._count += 1
        return self._count - 1
