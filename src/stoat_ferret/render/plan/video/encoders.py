"""The encoders of each codec, and their arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.ffmpeg.capabilities import PIXEL_FORMAT, hardware_use
from stoat_ferret.render.plan.video.size_limit import RATE
from stoat_ferret.render.request.options import Effort

if TYPE_CHECKING:
    from fractions import Fraction

    from stoat_ferret.ffmpeg.capabilities import HardwareUse
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata

VIDEO_CODECS: dict[str, tuple[str, ...]] = {
    "h264": ("libx264", "libopenh264"),
    "hevc": ("libx265",),
    "av1": ("libsvtav1", "libaom-av1", "librav1e"),
    "vp9": ("libvpx-vp9",),
    "prores": ("prores_ks", "prores"),
    "ffv1": ("ffv1",),
}
"""The software encoders by codec, best first."""

LEAST_SIDES = {"libx265": 16}
"""The fewest pixels of the width and the height of pictures that encoders accept, if not any."""

AUDIO_CODECS: dict[str, tuple[str, str]] = {
    "aac": ("aac", "aac"),
    "opus": ("libopus", "opus"),
    "mp3": ("libmp3lame", "mp3"),
    "flac": ("flac", "flac"),
    "alac": ("alac", "alac"),
    "ac3": ("ac3", "ac3"),
    "vorbis": ("libvorbis", "vorbis"),
    "pcm": ("pcm_s24le", "pcm_s24le"),
    "pcm16": ("pcm_s16le", "pcm_s16le"),
}
"""FFmpeg's names of the encoder and the codec, by the name in a request."""

LOSSLESS = frozenset("flac alac pcm pcm16".split())
"""The audio codecs without a bit rate."""
USUAL_SOUND_RATE = 160_000
"""The bit rate of audio, in bits a second, if none is chosen."""
_BIT_RATES = {"opus": (8_000, 512_000), "vorbis": (45_000, 500_000)}
"""The bit rates that their encoders accept for two channels; other encoders take the nearest."""
X26X_PRESETS = {
    Effort.DRAFT: "ultrafast",
    Effort.FAST: "veryfast",
    Effort.NORMAL: "medium",
    Effort.BEST: "slow",
}
"""The presets of x264 and x265."""
_SVT = {Effort.DRAFT: 12, Effort.FAST: 10, Effort.NORMAL: 8, Effort.BEST: 5}
_CPU_USED = {Effort.DRAFT: 8, Effort.FAST: 6, Effort.NORMAL: 4, Effort.BEST: 2}
_QUALITY = {"h264": 21, "hevc": 22, "av1": 30, "vp9": 32}
_LIMITED_CODECS = frozenset({"h264", "hevc", "av1", "vp9"})
_TWO_PASSES = frozenset({"libx264", "libx265", "libvpx-vp9", "libaom-av1"})
"""The encoders that divide the bits by a first pass; others keep to an average as they go."""
_BETTER = 10
"""The steps of CRF by which pictures may be better than usual if a limit on the size has room."""


@dataclass(frozen=True, slots=True)
class VideoEncoding:
    """The encoding of pictures: output arguments, and the last filters before the encoder.

    `before_inputs` are arguments for the start of the command: the device of a hardware encoder.
    `level` is the CRF, if any. If it `is_limited`, the bit rate is still the placeholder `RATE`.
    """

    codec: str
    encoder: str
    pixel_format: str
    arguments: tuple[str, ...]
    last_filters: tuple[str, ...]
    before_inputs: tuple[str, ...] = ()
    is_limited: bool = False
    level: int | None = None

    @property
    def passes(self) -> int:
        """The number of passes: 2 if the encoder can divide the bits of a limit after the first."""
        return 2 if self.is_limited and self.encoder in _TWO_PASSES else 1

    def pass_arguments(self, number: int, statistics: str) -> list[str]:
        """Return the arguments of pass `number`, counted from 1, with its `statistics` file."""
        arguments = list(self.arguments)
        if self.passes == 1:
            return arguments
        if self.encoder != "libx265":
            return [*arguments, "-pass", str(number), "-passlogfile", statistics]
        parameters = f"pass={number}:stats={statistics}.log:slow-firstpass=0"
        place = arguments.index("-x265-params") + 1
        arguments[place] = f"{arguments[place]}:{parameters}"
        return arguments

    @property
    def has_ten_bits(self) -> bool:
        """True if the pixel format has the 10 bits that high dynamic range needs."""
        return "10" in self.pixel_format


def choose_encoder(codec: str, choice: str, tools: Tools) -> str:
    """Return the encoder for `codec`; `choice` is `software`, `hardware`, `auto` or a name.

    Raises `RenderRefusedError` if there is no such encoder.
    """
    if codec not in VIDEO_CODECS:
        names = ", ".join(VIDEO_CODECS)
        raise RenderRefusedError(
            f"There is no video codec {codec!r} to encode with: {names}.",
            field="options.video_codec",
        )
    software = [name for name in VIDEO_CODECS[codec] if name in tools.encoders]
    hardware = [name for name in tools.hardware_encoders if name.rpartition("_")[0] == codec]
    if choice not in {"software", "hardware", "auto"}:
        return _named(codec, choice, software, hardware)
    candidates = {"software": software, "hardware": hardware, "auto": hardware + software}[choice]
    if not candidates:
        kind = "hardware encoder that works" if choice == "hardware" else "encoder"
        raise RenderRefusedError(
            f"This machine has no {kind} for {codec}. "
            "`stoat-ferret doctor` lists what its ffmpeg can do.",
            field="options.encoder",
        )
    return candidates[0]


def video_encoding(
    codec: str,
    encoder: str,
    effort: Effort,
    quality: int | None,
    rate: Fraction,
    *,
    deep: bool,
    is_limited: bool = False,
) -> VideoEncoding:
    """Return the settings to encode `codec` with `encoder`, in 10 bits if `deep` and supported.

    If the size `is_limited`, the bit rate is the placeholder `RATE`. Raises `RenderRefusedError` if
    the encoder keeps to no bit rate.
    """
    if is_limited:
        _check_limited(codec, encoder)
    if (use := hardware_use(encoder)) is not None:
        return _hardware(codec, encoder, use, quality, rate)
    pixel_format = _pixel_format(codec, encoder, deep=deep)
    arguments = ["-c:v", encoder, *_software(encoder, effort)]
    arguments += _limited(codec, encoder) if is_limited else _quality(codec, encoder, quality)
    if codec in _LIMITED_CODECS:
        arguments += ["-g", str(max(round(rate * 5), 1))]
    return VideoEncoding(
        codec,
        encoder,
        pixel_format,
        tuple(arguments),
        (f"format={pixel_format}",),
        is_limited=is_limited,
        level=_level(codec, quality),
    )


def with_hdr_metadata(encoding: VideoEncoding, metadata: HdrMetadata) -> VideoEncoding | None:
    """Return the encoding with the parameters that store `metadata`; None if it has none."""
    match encoding.encoder:
        case "libx265":
            option, parameters = "-x265-params", metadata.x265_parameters
        case "libsvtav1":
            option, parameters = "-svtav1-params", metadata.svt_parameters
        case _:
            return None
    arguments = [*encoding.arguments]
    if option in arguments:
        place = arguments.index(option) + 1
        arguments[place] = ":".join([arguments[place], *parameters])
    else:
        arguments += [option, ":".join(parameters)]
    return replace(encoding, arguments=tuple(arguments))


def audio_arguments(codec: str, bit_rate: int | None, tools: Tools) -> tuple[list[str], str]:
    """Return the arguments that encode audio, and FFmpeg's name of the codec."""
    if codec not in AUDIO_CODECS:
        names = ", ".join(AUDIO_CODECS)
        raise RenderRefusedError(
            f"There is no audio codec {codec!r} to encode with: {names}.",
            field="options.audio_codec",
        )
    encoder, name = AUDIO_CODECS[codec]
    if encoder not in tools.encoders:
        raise RenderRefusedError(
            f"The ffmpeg of this machine lacks the encoder {encoder}, which makes {codec}."
        )
    least, most = _BIT_RATES.get(codec, (0, 1_000_000))
    if bit_rate and not least <= bit_rate <= most:
        raise RenderRefusedError(
            f"The bit rate of {codec} may be from {least:,} to {most:,}, not {bit_rate:,}.",
            field="options.audio_bit_rate",
        )
    arguments = ["-c:a", encoder]
    if codec not in LOSSLESS:
        arguments += ["-b:a", str(bit_rate or USUAL_SOUND_RATE)]
    if codec == "flac":
        arguments += ["-sample_fmt", "s32", "-bits_per_raw_sample", "24"]
    return arguments, name


def _named(codec: str, choice: str, software: list[str], hardware: list[str]) -> str:
    if choice in software or choice in hardware:
        return choice
    known = ", ".join(software + hardware) or "none"
    raise RenderRefusedError(
        f"There is no encoder {choice!r} for {codec} on this machine. There is: {known}.",
        field="options.encoder",
    )


def _pixel_format(codec: str, encoder: str, *, deep: bool) -> str:
    if codec == "prores":
        return "yuv422p10le"
    can_be_deep = encoder in {"libx265", "libsvtav1", "libaom-av1", "librav1e"}
    return "yuv420p10le" if deep and can_be_deep else "yuv420p"


def _software(encoder: str, effort: Effort) -> list[str]:
    match encoder:
        case "libx264":
            return ["-preset", X26X_PRESETS[effort]]
        case "libx265":
            return ["-preset", X26X_PRESETS[effort], "-x265-params", "log-level=error"]
        case "libsvtav1":
            return ["-preset", str(_SVT[effort])]
        case "libaom-av1" | "libvpx-vp9":
            return ["-cpu-used", str(_CPU_USED[effort]), "-row-mt", "1"]
        case "librav1e":
            return ["-speed", str(_CPU_USED[effort] + 2)]
        case "prores_ks" | "prores":
            return ["-profile:v", "3", *(["-vendor", "apl0"] if encoder == "prores_ks" else [])]
        case "ffv1":
            return ["-level", "3", "-slicecrc", "1"]
        case _:
            return []


def _quality(codec: str, encoder: str, quality: int | None) -> list[str]:
    level = _level(codec, quality)
    if level is None:
        return []
    if encoder == "librav1e":
        return ["-qp", str(level * 4)]
    if encoder == "libopenh264":
        return ["-rc_mode", "quality", "-qmin", str(level), "-qmax", str(level)]
    if encoder in {"libaom-av1", "libvpx-vp9"}:
        return ["-b:v", "0", "-crf", str(level)]
    return ["-crf", str(level)]


def _level(codec: str, quality: int | None) -> int | None:
    level = _QUALITY.get(codec) if quality is None else quality
    return level if level is None or codec not in {"h264", "hevc"} else min(level, 51)


def _check_limited(codec: str, encoder: str) -> None:
    if codec not in _LIMITED_CODECS:
        raise RenderRefusedError(
            f"The size of {codec} cannot be limited. Choose h264, hevc, vp9 or av1, or leave out "
            "`max_bytes`.",
            field="options.max_bytes",
        )
    if hardware_use(encoder) is not None:
        raise RenderRefusedError(
            "A limit on the size needs a software encoder. Set `encoder` to `software`, or leave "
            "out `max_bytes`.",
            field="options.encoder",
        )


def _limited(codec: str, encoder: str) -> list[str]:
    """Return arguments for an average bit rate, but no better pictures than anyone sees."""
    finest = str(_QUALITY[codec] - _BETTER)
    average = ["-b:v", f"{{{RATE}}}"]
    match encoder:
        case "libx265":
            return [*average, "-qmin", finest]
        case "libopenh264":
            return [*average, "-rc_mode", "bitrate", "-qmin", finest]
        case "librav1e":
            return average
        case _:
            return [*average, "-qmin", finest]


def _hardware(
    codec: str, encoder: str, use: HardwareUse, quality: int | None, rate: Fraction
) -> VideoEncoding:
    level = min(_QUALITY.get(codec, 25) if quality is None else quality, 51)
    quality_arguments = use.quality_arguments(level)
    arguments = ("-c:v", encoder, *quality_arguments, "-g", str(max(round(rate * 5), 1)))
    return VideoEncoding(codec, encoder, PIXEL_FORMAT, arguments, use.upload, use.opening)
