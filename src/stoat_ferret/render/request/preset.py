"""The presets, and what each makes by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stoat_ferret.errors import PresetExistsError
from stoat_ferret.folded_text import fold
from stoat_ferret.render.plan.container.containers import (
    AUDIO_ONLY,
    CONTAINERS,
    COPY_CONTAINERS,
    ENCODED_CONTAINERS,
    IMAGES,
)
from stoat_ferret.render.plan.plan import OutputKind
from stoat_ferret.render.plan.video.encoders import AUDIO_CODECS, VIDEO_CODECS
from stoat_ferret.render.request.options import Effort
from stoat_ferret.render.request.request import PresetName


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset; `short_side` and `long_side` bound the picture, which is never enlarged.

    Codecs and containers have the names used in the options. `quality` is the CRF of the encoder,
    and for WebP its quality, where higher is better. `options` are the names of the options that
    the preset supports; others are refused. `key_frame_seconds` is how often there is a key frame,
    if not as usual. `audio` and `metadata` are the defaults of these two:
    files to publish get neither further tracks nor where and when they were recorded.
    """

    name: PresetName
    title: str
    description: str
    kind: OutputKind
    container: str | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    short_side: int | None = None
    long_side: int | None = None
    quality: int | None = None
    effort: Effort = Effort.NORMAL
    audio_bit_rate: int | None = None
    keeps_hdr: bool = False
    keeps_layout: bool = False
    key_frame_seconds: float | None = None
    audio: Literal["all", "first"] = "first"
    metadata: Literal["keep", "none"] = "none"
    options: frozenset[str] = frozenset()


_PICTURE = frozenset("width height fit hdr texts images".split())
_SOUND = frozenset("volume_db loudness_lufs audio_codec audio_bit_rate container metadata".split())
_MOVING = _PICTURE | frozenset({"frame_rate", "subtitles", "subtitle_source", "subtitle_stream"})
_UNLIMITED = _MOVING | _SOUND | frozenset("video_codec encoder effort quality mute audio".split())
_VIDEO = _UNLIMITED | {"max_bytes"}
_COPIED = frozenset("container mute audio metadata".split())
_MOMENTS = _PICTURE | {"container", "quality"}


def _web(name: PresetName, short: int, long: int, *, crf: int) -> Preset:
    return Preset(
        name,
        f"Web {short}p",
        f"Plays in every browser: H.264 and AAC, at most {long}x{short}, starts immediately.",
        OutputKind.VIDEO,
        "mp4",
        "h264",
        "aac",
        short,
        long,
        quality=crf,
        audio_bit_rate=160_000,
        options=_VIDEO,
    )


_ALL = (
    _web(PresetName.WEB_720P, 720, 1280, crf=22),
    _web(PresetName.WEB_1080P, 1080, 1920, crf=21),
    _web(PresetName.WEB_2160P, 2160, 3840, crf=21),
    Preset(
        PresetName.ARCHIVE,
        "Archive",
        "High quality, small files: 10-bit HEVC (or AV1), lossless audio; keeps HDR.",
        OutputKind.VIDEO,
        "mkv",
        "hevc",
        "flac",
        quality=20,
        keeps_hdr=True,
        keeps_layout=True,
        metadata="keep",
        options=_VIDEO,
    ),
    Preset(
        PresetName.PROXY,
        "Proxy",
        "A small copy, easy to edit: H.264, at most 960x540, a keyframe every half second.",
        OutputKind.VIDEO,
        "mp4",
        "h264",
        "aac",
        540,
        960,
        quality=26,
        effort=Effort.DRAFT,
        audio_bit_rate=96_000,
        key_frame_seconds=0.5,
        options=_VIDEO,
    ),
    Preset(
        PresetName.PRORES,
        "ProRes",
        "For editors: ProRes 422 HQ with uncompressed audio, very large; keeps HDR.",
        OutputKind.VIDEO,
        "mov",
        "prores",
        "pcm",
        keeps_hdr=True,
        keeps_layout=True,
        metadata="keep",
        options=_UNLIMITED,
    ),
    Preset(
        PresetName.AUDIO,
        "Audio only",
        "AAC (or Opus, MP3, FLAC, WAV).",
        OutputKind.AUDIO,
        "m4a",
        None,
        "aac",
        audio_bit_rate=192_000,
        options=_SOUND,
    ),
    Preset(
        PresetName.COPY,
        "Copy",
        "Lossless and fast, without encoding, but each clip starts at a keyframe.",
        OutputKind.VIDEO,
        audio="all",
        metadata="keep",
        options=_COPIED,
    ),
    Preset(
        PresetName.SMART_CUT,
        "Smart cut",
        "Frame-accurate cuts that encode only around the cuts.",
        OutputKind.VIDEO,
        audio="all",
        metadata="keep",
        options=_COPIED | {"effort", "quality"},
    ),
    Preset(
        PresetName.STILLS,
        "Still frames",
        "Single frames as PNG, JPEG or WebP.",
        OutputKind.IMAGE,
        "png",
        options=_MOMENTS | {"at_seconds", "count"},
    ),
    Preset(
        PresetName.GIF,
        "GIF",
        "A short animation that plays everywhere, 15 frames a second, 480 pixels wide.",
        OutputKind.ANIMATION,
        "gif",
        short_side=480,
        long_side=480,
        options=_MOVING,
    ),
    Preset(
        PresetName.WEBP,
        "Animated WebP",
        "A short animation, much smaller than a GIF.",
        OutputKind.ANIMATION,
        "webp",
        short_side=480,
        long_side=480,
        quality=70,
        options=_MOVING | {"quality"},
    ),
    Preset(
        PresetName.CONTACT_SHEET,
        "Contact sheet",
        "Frames of a video in a grid, as one image.",
        OutputKind.IMAGE,
        "jpg",
        options=frozenset("container quality columns rows width hdr".split()),
    ),
)
PRESETS = {preset.name: preset for preset in _ALL}


def check_preset_name(name: str) -> None:
    """Raise `PresetExistsError` if a built-in preset has this name or title."""
    for preset in _ALL:
        if fold(name) in {fold(preset.name), fold(preset.title)}:
            raise PresetExistsError(preset.title)


_ENCODED_INTO = {
    OutputKind.VIDEO: ENCODED_CONTAINERS,
    OutputKind.AUDIO: AUDIO_ONLY,
    OutputKind.IMAGE: IMAGES,
    OutputKind.ANIMATION: frozenset[str](),
}
_COPYING = frozenset({PresetName.COPY, PresetName.SMART_CUT})


def choices_of(preset: Preset) -> dict[str, tuple[str, ...]]:
    """Return the values of `preset`'s options that are names, in the order to show them."""
    containers = COPY_CONTAINERS if preset.name in _COPYING else _ENCODED_INTO[preset.kind]
    names = {
        "container": tuple(name for name in CONTAINERS if name in containers),
        "video_codec": tuple(VIDEO_CODECS),
        "audio_codec": tuple(
            name
            for name, (_, codec) in AUDIO_CODECS.items()
            if any(codec in CONTAINERS[container].audio for container in containers)
        ),
        "encoder": ("software", "hardware", "auto"),
    }
    return {option: chosen for option, chosen in names.items() if option in preset.options}
