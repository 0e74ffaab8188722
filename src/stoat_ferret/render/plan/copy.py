"""Plans that copy without encoding: each clip starts at a key frame."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.containers import (
    CONTAINERS,
    COPY_CONTAINERS,
    container_of,
    container_of_file,
)
from stoat_ferret.render.plan.copied_streams import (
    check_same_audio,
    check_same_pictures,
    choose_streams,
    requested_audio,
)
from stoat_ferret.render.plan.excerpt import (
    Excerpt,
    check_pictures,
    excerpt,
    main_video,
    reading,
)
from stoat_ferret.render.plan.filter_graph import Inputs, microseconds
from stoat_ferret.render.plan.packet_cut import (
    HIDING,
    common_ticks,
    cut_at_key_frame,
    decoded_earlier,
    delay_of,
    packet_cut,
)
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import seams_of
from stoat_ferret.render.plan.subtitles import MATROSKA_SUBTITLES, subtitle_end_arguments
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.source import Materials, Source, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

COPY_WEIGHT = 0.02
_EVERYTHING = 1_000_000
_EXACT = frozenset({"mp4", "mov", "matroska", "webm"})
"""The muxers that leave timestamps as they are."""
_ROUGHLY = Fraction(1, 2)


def plan_copy(
    request: RenderRequest,
    preset: Preset,  # noqa: ARG001  the signature of every planner
    materials: Materials,
    tools: Tools,  # noqa: ARG001
) -> RenderPlan:
    """Plan a copy of the packets of the clips, each from a key frame on."""
    clips = plain_clips(request)
    for clip in clips:
        check_pictures(clip, materials.videos[clip.video_id])
    container = copy_container(request, [excerpt(clips[0], materials.videos[clips[0].video_id])])
    may_hide = len(clips) == 1 and container.muxer in HIDING
    cuts = [cut_at_key_frame(clip, materials, may_hide=may_hide) for clip in clips]
    parts = [part for part, _ in cuts]
    sounds = [
        requested_audio(request, clip, part.source) for clip, part in zip(clips, parts, strict=True)
    ]
    check_same_pictures(parts)
    check_same_audio(sounds)
    streams, left_out = choose_streams(parts, sounds, container)
    seconds = sum((part.length for part in parts), Fraction(0))
    notes = [note for part, cut_notes in cuts for note in (*part.notes, *cut_notes)] + left_out
    files: dict[str, str] = {}
    if len(parts) == 1:
        passes = [_copy_pass(parts[0], streams[0], container, "output")]
    else:
        passes, files = _joining(parts, streams, container)
    first = streams[0]
    copied = [stream for stream in sounds[0] if stream.index in first]
    subtitles = parts[0].source.info.subtitles
    output = PlannedOutput(
        f"output{container.extension}",
        container.extension,
        container.muxer,
        OutputKind.VIDEO,
        duration_seconds=seconds,
        # Packets cannot be split, and each stream ends with its own last packet.
        tolerance_seconds=_ROUGHLY * len(parts),
        video_codec=main_video(parts[0].source, "").codec,
        audio_codec=copied[0].codec if copied else None,
        audio_streams=len(copied),
        subtitle_streams=sum(stream.index in first for stream in subtitles),
        seams=seams_of(parts),
    )
    copies = 1 if len(passes) == 1 else 2
    size = size_of(parts) * copies
    return RenderPlan(tuple(passes), (output,), seconds, files, tuple(notes), size)


def plain_clips(request: RenderRequest) -> list[Clip]:
    """Return the clips of a request that changes nothing but the cuts; raise for any other."""
    if request.audio:
        raise RenderRefusedError("Sound cannot be mixed in without encoding. Use another preset.")
    clips = []
    for piece in request.clips:
        if not isinstance(piece, Clip):
            raise RenderRefusedError(
                "A gap or an image cannot be made without encoding. Use another preset.",
                piece=piece,
            )
        usual = Clip(
            video_id=piece.video_id,
            start_seconds=piece.start_seconds,
            end_seconds=piece.end_seconds,
            audio_stream=piece.audio_stream,
            mute=piece.mute,
        )
        changed = [
            name for name in Clip.model_fields if getattr(piece, name) != getattr(usual, name)
        ]
        if changed:
            raise RenderRefusedError(
                f"{', '.join(changed)} cannot be done without encoding. Use another preset.",
                piece=piece,
            )
        clips.append(piece)
    return clips


def copy_container(request: RenderRequest, parts: list[Excerpt]) -> Container:
    """Return the requested container, or the one of the first file."""
    source = parts[0].source
    name = request.options.container or container_of_file(source.info.container, source.path)
    container = container_of(name, COPY_CONTAINERS)
    codec = main_video(source, "").codec
    if codec not in container.video:
        if request.options.container:
            raise RenderRefusedError(
                f"A {container.extension[1:]} file does not hold {codec}. Use mkv, or encode it.",
                field="options.container",
            )
        return CONTAINERS["mkv"]
    return container


def size_of(parts: list[Excerpt]) -> int:
    """Estimate the bytes in the packets of `parts`, rather too high than too low."""
    size = 0
    for part in parts:
        info = part.source.info
        whole = info.duration_seconds or float(part.end) or 1.0
        size += int(info.size_bytes * min(float(part.length) / whole * 1.3, 1.0)) + _EVERYTHING
    return size


def _copy_pass(
    part: Excerpt,
    streams: list[int],
    container: Container,
    name: str,
    joining: Sequence[str] | None = None,
) -> RenderPass:
    inputs = Inputs()
    part = reading(part, streams)
    cut = packet_cut(part)
    number = inputs.add_packets(part.source, cut.seek - part.origin, cut.length)
    maps = [word for stream in streams for word in ("-map", f"{number}:{stream}")]
    # What an edit list hides stays hidden, for the decoder needs it.
    start = [] if cut.hides else ["-copypriorss", "0"]
    if not cut.hides and (joining is None or container.muxer not in _EXACT):
        start += ["-avoid_negative_ts", "make_zero"]
    arguments = (
        *inputs.arguments,
        *(*maps, "-c", "copy"),
        *_text_arguments(part.source, streams, container, part.end - cut.seek),
        *(*start, *(joining or ())),
        *(*container.options, "-f", container.muxer, f"{name}{container.extension}"),
    )
    return RenderPass(
        RenderPhase.COPYING, arguments, part.length, weight=float(part.length) * COPY_WEIGHT
    )


def _joining(
    parts: list[Excerpt], streams: list[list[int]], container: Container
) -> tuple[list[RenderPass], dict[str, str]]:
    """Return passes that copy each clip into its own file, and then join the files."""
    delay = max(delay_of(part.source) for part in parts)
    # Files can only be joined if they share a time base.
    ticks = common_ticks(parts)
    scale = ["-video_track_timescale", str(ticks)] if container.muxer in HIDING else []
    passes = []
    for number, (part, kept) in enumerate(zip(parts, streams, strict=True)):
        later = delay - delay_of(part.source)
        shift = ["-bsf:v", decoded_earlier(later)] if later else []
        plain = replace(container, options=())
        passes.append(_copy_pass(part, kept, plain, f"clip-{number:03d}", [*scale, *shift]))
    files = [
        (
            f"clip-{number:03d}{container.extension}",
            part.length,
            packet_cut(part).lead if container.muxer in _EXACT else None,
        )
        for number, part in enumerate(parts)
    ]
    seconds = sum((part.length for part in parts), Fraction(0))
    arguments = (
        *join_input("clips.txt"),
        *("-map", "0", "-c", "copy", *container.options, "-f", container.muxer),
        f"output{container.extension}",
    )
    passes.append(
        RenderPass(RenderPhase.JOINING, arguments, seconds, weight=float(seconds) * COPY_WEIGHT)
    )
    return passes, {"clips.txt": join_list(files)}


def join_input(file: str) -> tuple[str, ...]:
    """Return the arguments that open the files listed in `file` of the scratch folder in order."""
    return ("-protocol_whitelist", "file", "-f", "concat", "-safe", "1", "-i", file)


def join_list(files: Iterable[tuple[str, Fraction, Fraction | None]]) -> str:
    """Return the list for FFmpeg's concat demuxer of files.

    Each has its duration, and the time of its first picture if sound may come before it.
    """
    lines = ["ffconcat version 1.0"]
    for name, seconds, start in files:
        lines += [f"file {name}", f"duration {microseconds(seconds)}"]
        if start is not None:
            lines.append(f"inpoint {microseconds(start)}")
    return "\n".join(lines) + "\n"


def _text_arguments(
    source: Source, streams: list[int], container: Container, seconds: Fraction
) -> list[str]:
    if not source.info.subtitles or container.text is None:
        return []
    if container.text != "copy":
        return ["-c:s", container.text]
    kept = [stream for stream in source.info.subtitles if stream.index in streams]
    foreign = [number for number, one in enumerate(kept) if one.codec not in MATROSKA_SUBTITLES]
    if not foreign:
        return ["-c:s", "copy", *subtitle_end_arguments(seconds)]
    return [word for number in foreign for word in (f"-c:s:{number}", "srt")]


def _next(keys: list[Fraction], start: Fraction) -> str:
    after = [key for key in keys if key > start]
    return f"at {float(after[0]):.3f}" if after else "not near"
