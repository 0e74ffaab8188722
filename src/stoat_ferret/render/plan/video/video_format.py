"""The format of an encoded video: its container and encoder, its style, and its HDR metadata."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.container.containers import (
    ENCODED_CONTAINERS,
    check_holds,
    container_of,
)
from stoat_ferret.render.plan.video.encoders import (
    LEAST_SIDES,
    choose_encoder,
    video_encoding,
    with_hdr_metadata,
)
from stoat_ferret.render.plan.video.hdr_metadata import (
    dynamic_notes,
    forwarded_note,
    left_out_note,
    shared_metadata,
)
from stoat_ferret.render.plan.video.transparency import any_alpha, stores_alpha, with_alpha
from stoat_ferret.render.plan.video.video_style import choose_style

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.plan.video.encoders import VideoEncoding
    from stoat_ferret.render.plan.video.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.video.video_style import VideoStyle
    from stoat_ferret.render.request.options import RenderOptions
    from stoat_ferret.render.request.preset import Preset

_CODECS = {"webm": "vp9"}
"""The codecs for the containers that a request chooses."""
_PART_MUXERS = {"prores": "mov", "ffv1": "mov"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFormat:
    """The format of an encoded video at `rate`, in pictures a second.

    `hdr_metadata` is what the encoder stores, or FFmpeg passes on to it; `notes` say what becomes
    of that of the clips. `key_frame_seconds` is that of the preset.
    """

    container: Container
    encoding: VideoEncoding
    style: VideoStyle
    rate: Fraction
    hdr_metadata: HdrMetadata | None
    notes: tuple[str, ...]
    key_frame_seconds: float | None

    @property
    def file(self) -> str:
        """The name of the result in the scratch folder."""
        return f"output{self.container.extension}"

    @property
    def part_muxer(self) -> str:
        """The muxer of files with a part of the pictures."""
        if self.has_webm_parts:
            return "webm"
        return _PART_MUXERS.get(self.encoding.codec, "mp4")

    @property
    def has_webm_parts(self) -> bool:
        """Whether parts have transparency that only WebM stores."""
        return self.encoding.codec == "vp9" and stores_alpha(self.encoding.pixel_format)

    @property
    def tag_arguments(self) -> list[str]:
        """The arguments that choose the four-letter code of the codec."""
        is_apples = self.encoding.codec == "hevc" and self.container.muxer in {"mp4", "mov"}
        return ["-tag:v", "hvc1"] if is_apples else []  # Apple's players support no other tag

    @property
    def arguments(self) -> list[str]:
        """The arguments that follow those of the encoding."""
        transfer = self.style.colors.transfer
        primaries, curve, space = (
            ("bt2020", transfer, "bt2020nc") if transfer else ("bt709", "bt709", "bt709")
        )
        key_frames = []
        if self.key_frame_seconds is not None:
            frames = max(round(self.rate * Fraction(self.key_frame_seconds)), 1)
            key_frames = ["-g", str(frames)]
        return [
            *("-color_primaries", primaries, "-color_trc", curve),
            *("-colorspace", space, "-color_range", "tv"),
            *(*self.tag_arguments, *key_frames),
        ]


def choose_format(
    options: RenderOptions, preset: Preset, assembly: Assembly, tools: Tools
) -> VideoFormat:
    """Return the format of the result of `assembly`.

    Raises `RenderRefusedError` if options exclude each other, or if there is no such encoder.
    """
    encoding = _choose_encoding(options, preset, assembly, tools)
    style = _choose_style(encoding, options, preset, assembly)
    _check_least_size(encoding, style)
    encoding, hdr_metadata, notes = _with_shared_metadata(encoding, style, assembly)
    name = options.container or preset.container or "mp4"
    container = container_of(name, ENCODED_CONTAINERS)
    check_holds(container, encoding.codec, None)
    return VideoFormat(
        container=container,
        encoding=encoding,
        style=style,
        rate=assembly.rate,
        hdr_metadata=hdr_metadata,
        notes=notes,
        key_frame_seconds=preset.key_frame_seconds,
    )


def _check_least_size(encoding: VideoEncoding, style: VideoStyle) -> None:
    """Raise `RenderRefusedError` if the pictures are smaller than the encoder can make."""
    size, least = style.canvas, LEAST_SIDES.get(encoding.encoder, 1)
    if min(size.width, size.height) < least:
        raise RenderRefusedError(
            f"The encoder {encoding.encoder} makes pictures of {least}x{least} pixels at least, "
            f"and these would have {size.width}x{size.height}. Choose `width` and `height`, or "
            "another `video_codec`, such as ffv1.",
            field="options.video_codec",
        )


def _choose_encoding(
    options: RenderOptions, preset: Preset, assembly: Assembly, tools: Tools
) -> VideoEncoding:
    """Return the encoding; raise `RenderRefusedError` if options exclude each other."""
    by_container = _CODECS.get(options.container or "")
    codec = options.video_codec or by_container or preset.video_codec or "h264"
    quality = options.quality
    if quality is None and codec == preset.video_codec:
        quality = preset.quality
    if options.max_bytes is not None and options.quality is not None:
        raise RenderRefusedError(
            "`quality` and `max_bytes` exclude each other. Leave one of them out.",
            field="options.quality",
        )
    chosen = "software" if options.max_bytes and options.encoder == "auto" else options.encoder
    encoding = video_encoding(
        codec,
        choose_encoder(codec, chosen, tools),
        options.effort or preset.effort,
        quality,
        assembly.rate,
        deep=preset.keeps_hdr,
        is_limited=options.max_bytes is not None,
    )
    return with_alpha(encoding) if any_alpha(assembly, tools) else encoding


def _choose_style(
    encoding: VideoEncoding, options: RenderOptions, preset: Preset, assembly: Assembly
) -> VideoStyle:
    """Return the size and colors; raise `RenderRefusedError` if the encoding has too few bits."""
    chosen = choose_style(
        assembly,
        options,
        encoding.pixel_format.replace("nv12", "yuv420p"),
        short_side=preset.short_side,
        long_side=preset.long_side,
        keeps_hdr=preset.keeps_hdr and encoding.has_ten_bits,
    )
    if chosen.colors.transfer and not encoding.has_ten_bits:
        raise RenderRefusedError(
            "High dynamic range needs 10 bits, which this preset does not make. Use the "
            "preset `archive` or `prores`, or leave out `hdr`.",
            field="options.hdr",
        )
    return chosen


def _with_shared_metadata(
    encoding: VideoEncoding, style: VideoStyle, assembly: Assembly
) -> tuple[VideoEncoding, HdrMetadata | None, tuple[str, ...]]:
    """Return the encoding with the metadata of high dynamic range, that metadata, and notes."""
    if not style.colors.transfer:
        return encoding, None, ()
    sources = [part.source for _, _, part in assembly.clips()]
    metadata, notes = shared_metadata([source.hdr_metadata for source in sources])
    notes += dynamic_notes(source.info.main_video for source in sources)
    if metadata is None:
        return encoding, None, notes
    stored = with_hdr_metadata(encoding, metadata)
    if stored is not None:
        return stored, metadata, notes
    if len(assembly.segments) > 1:
        return encoding, None, (*notes, left_out_note(encoding.encoder))
    return encoding, metadata, (*notes, forwarded_note(encoding.encoder))
