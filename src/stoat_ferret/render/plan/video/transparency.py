"""Transparency: sources that have it, results that keep it, and a black ground elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.source import Source, Tools
    from stoat_ferret.render.plan.video.encoders import VideoEncoding
    from stoat_ferret.render.request.clip import Clip

_WITH_ALPHA = re.compile(r"yuva|gbrap|rgba|bgra|argb|abgr|ya\d|ayuv|vuya|pal8")
_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""The decoders that read the transparency of WebM, by codec; FFmpeg's own do not."""

_KEEPING = "The presets `prores`, `gif` and `webp`, WebM, and stills in PNG or WebP keep it."
_NAMES = {"prores": "ProRes 4444", "vp9": "VP9", "ffv1": "FFV1"}

_DEPTHS = ("", "10le", "12le", "16le")
FLATTENED = (
    "format=" + "|".join(f"{name}{depth}" for name in ("yuva444p", "gbrap") for depth in _DEPTHS),
    "premultiply=inplace=1",
    "format=" + "|".join(f"{name}{depth}" for name in ("yuv444p", "gbrp") for depth in _DEPTHS),
)
"""The filters that show a picture over black."""


def has_alpha(source: Source, tools: Tools) -> bool:
    """Return whether the pictures of `source` are decoded with transparency."""
    video = source.info.main_video
    if video is None:
        return False
    return stores_alpha(video.pixel_format or "") or _reads(source, tools) is not None


def stores_alpha(pixel_format: str) -> bool:
    """Return whether a pixel format has transparency."""
    return bool(_WITH_ALPHA.match(pixel_format))


def alpha_decoder(source: Source, tools: Tools) -> list[str]:
    """Return the input options that choose a decoder for transparency, if one is needed."""
    video, decoder = source.info.main_video, _reads(source, tools)
    return [f"-c:{video.index}", decoder] if video and decoder else []


def keeps_clip_alpha(clip: Clip) -> bool:
    """Return whether all that is done to `clip` leaves its transparency; effects may not."""
    return not clip.effects


def any_alpha(assembly: Assembly, tools: Tools) -> bool:
    """Return whether a clip of `assembly` has transparency that can be kept."""
    return any(
        has_alpha(part.source, tools) and keeps_clip_alpha(clip)
        for _, clip, part in assembly.clips()
    )


def alpha_name(encoding: VideoEncoding) -> str | None:
    """Return the name of the format that keeps transparency; None if the encoding does not."""
    return _NAMES.get(encoding.codec) if stores_alpha(encoding.pixel_format) else None


def with_alpha(encoding: VideoEncoding) -> VideoEncoding:
    """Return the encoding with transparency; unchanged if the codec does not store it."""
    arguments = [*encoding.arguments]
    match encoding.encoder:
        case "prores_ks" | "prores":
            arguments[arguments.index("-profile:v") + 1] = "4"
            pixel_format = "yuva444p10le"
        case "libvpx-vp9":
            arguments += ["-auto-alt-ref", "0"]
            pixel_format = "yuva420p"
        case "ffv1":
            pixel_format = "yuva420p"
        case _:
            return encoding
    return replace(
        encoding,
        pixel_format=pixel_format,
        arguments=tuple(arguments),
        last_filters=(f"format={pixel_format}",),
    )


def alpha_notes(assembly: Assembly, tools: Tools, *, kept_in: str | None) -> tuple[str, ...]:
    """Return notes on the transparency of the clips, kept in this format or shown over black."""
    notes = []
    for _, clip, part in assembly.clips():
        video, source = clip.video_id, part.source
        which = f"The transparency of video {video} is"
        if not has_alpha(source, tools):
            if source.has_alpha_channel:
                notes.append(
                    f"Video {video} has transparent parts, which the ffmpeg of this machine cannot "
                    "read: what is stored under them is shown. Install a fuller one (the extra "
                    "`ffmpeg`)."
                )
        elif not kept_in:
            notes.append(f"{which} shown over black. {_KEEPING}")
        elif keeps_clip_alpha(clip):
            notes.append(f"{which} kept in {kept_in}.")
        else:
            notes.append(f"{which} shown over black where a clip has effects.")
    return tuple(dict.fromkeys(notes))


def _reads(source: Source, tools: Tools) -> str | None:
    video = source.info.main_video
    decoder = _DECODERS.get(video.codec) if video and source.has_alpha_channel else None
    return decoder if decoder in tools.decoders else None
