"""The format of an encoded video: its encoder, its colors, and its metadata of dynamic range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.encoders import choose_encoder, video_encoding, with_hdr_metadata
from stoat_ferret.render.plan.hdr_metadata import (
    dynamic_notes,
    forwarded_note,
    left_out_note,
    shared_metadata,
)
from stoat_ferret.render.plan.transparency import any_alpha, with_alpha
from stoat_ferret.render.plan.video_style import choose_style

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.encoders import VideoEncoding
    from stoat_ferret.render.plan.hdr_metadata import HdrMetadata
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.plan.video_style import VideoStyle
    from stoat_ferret.render.request.options import RenderOptions
    from stoat_ferret.render.request.preset import Preset

_CODECS = {"webm": "vp9"}
"""The codecs for the containers that a request chooses."""


def choose_encoding(
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


def style_for(
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


def with_shared_metadata(
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
