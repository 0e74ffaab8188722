"""Plans that copy without encoding: each clip starts at a key frame."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.attachments import attachment_arguments, attachment_passes
from stoat_ferret.render.plan.chapters import stays_in_order
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
    track_arguments,
)
from stoat_ferret.render.plan.excerpt import (
    Excerpt,
    check_pictures,
    even_rate,
    excerpt,
    main_video,
    reading,
)
from stoat_ferret.render.plan.filter_graph import Inputs, microseconds
from stoat_ferret.render.plan.metadata import code_of, plan_metadata
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
from stoat_ferret.render.plan.subtitle_ends import open_longer, subtitle_end_arguments
from stoat_ferret.render.plan.subtitles import MATROSKA_SUBTITLES
from stoat_ferret.render.plan.tracks import requested_audio
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stoat_ferret.media.media_info import AudioStream, SubtitleStream
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.copied_streams import CopiedStreams
    from stoat_ferret.render.plan.metadata import MetadataPlan
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

COPY_WEIGHT = 0.02
_INDEX_BYTES = 4_000
_EXACT = frozenset({"mp4", "mov", "matroska", "webm"})
"""The muxers that leave timestamps as they are."""
_ROUGHLY = Fraction(1, 2)


def plan_copy(
    request: RenderRequest,
    preset: Preset,
    materials: Materials,
    tools: Tools,  # noqa: ARG001  the signature of every planner
) -> RenderPlan:
    """Plan a copy of the packets of the clips, each from a key frame on."""
    clips = plain_clips(request)
    for clip in clips:
        check_pictures(clip, materials.videos[clip.video_id])
    container = copy_container(request, [excerpt(clips[0], materials.videos[clips[0].video_id])])
    may_hide = len(clips) == 1 and container.muxer in HIDING
    cuts = [cut_at_key_frame(clip, materials, may_hide=may_hide) for clip in clips]
    parts = [part for part, _ in cuts]
    rate = even_rate(parts[0].source) or Fraction(25)
    metadata = plan_metadata(request, preset, stays_in_order(parts), container, rate)
    sounds = sounds_of(request, preset, clips, parts)
    check_same_pictures(parts)
    check_same_audio(sounds)
    streams, left_out = choose_streams(
        clips, parts, sounds, container, keeps_metadata=metadata.is_kept
    )
    seconds = sum((part.length for part in parts), Fraction(0))
    notes = [note for part, cut_notes in cuts for note in (*part.notes, *cut_notes)]
    copies = _Copies(parts, streams, container, metadata)
    passes, files = copies.single() if len(parts) == 1 else copies.joined()
    first = streams[0]
    output = PlannedOutput(
        f"output{container.extension}",
        container.extension,
        container.muxer,
        OutputKind.VIDEO,
        duration_seconds=seconds,
        # Packets cannot be split, and each stream ends with its own last packet.
        tolerance_seconds=_ROUGHLY * len(parts),
        video_codec=main_video(parts[0].source, "").codec,
        audio_codec=first.audio[0].codec if first.audio else None,
        audio_streams=len(first.audio),
        subtitle_streams=len(first.subtitles),
        seams=seams_of(parts),
    )
    notes += [*left_out, *metadata.notes]
    size = size_of(parts)
    return RenderPlan(
        tuple(passes),
        (output,),
        seconds,
        files,
        tuple(notes),
        size,
        temporary_bytes=size if len(parts) > 1 else 0,
    )


def sounds_of(
    request: RenderRequest, preset: Preset, clips: list[Clip], parts: list[Excerpt]
) -> list[tuple[AudioStream, ...]]:
    """Return the audio streams that the request keeps of each clip."""
    if request.options.mute:
        return [() for _ in clips]
    tracks = request.options.audio or preset.audio
    return [
        requested_audio(clip, part.source, tracks) for clip, part in zip(clips, parts, strict=True)
    ]


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
    """Estimate the bytes in the packets of `parts` from the sizes of their files."""
    size = 0
    for part in parts:
        info = part.source.info
        whole = info.duration_seconds or float(part.end) or 1.0
        size += int(info.size_bytes * min(float(part.length) / whole, 1.0)) + _INDEX_BYTES
    return size


class _Copies:
    """The passes that copy each part."""

    def __init__(
        self,
        parts: list[Excerpt],
        streams: list[CopiedStreams],
        container: Container,
        metadata: MetadataPlan,
    ) -> None:
        self._parts = parts
        self._streams = streams
        self._container = container
        self._metadata = metadata

    def single(self) -> tuple[list[RenderPass], dict[str, str]]:
        """Return the passes that copy the only part."""
        part, streams, container = self._parts[0], self._streams[0], self._container
        inputs = Inputs()
        arguments = _copy_arguments(inputs, part, streams, container)
        arguments += self._metadata.arguments(inputs, 0, copies=True)
        arguments += track_arguments([part], [streams], is_new=not self._metadata.is_kept)
        arguments += attachment_arguments(inputs, part, streams, container, is_late=True)
        arguments += [*container.options, *self._metadata.mux_arguments]
        file = ("-f", container.muxer, f"output{container.extension}")
        passes = attachment_passes(part, streams)
        passes.append(_pass(RenderPhase.COPYING, (*inputs.arguments, *arguments, *file), part))
        return passes, self._metadata.files

    def joined(self) -> tuple[list[RenderPass], dict[str, str]]:
        """Return passes that copy each part into its own file, and then join the files."""
        parts, container, first = self._parts, self._container, self._streams[0]
        names = [f"clip-{number:03d}{container.extension}" for number in range(len(parts))]
        passes = [*self._clip_passes(names), *attachment_passes(parts[0], first)]
        inputs = Inputs()
        inputs.add([*join_input("clips.txt")])
        arguments = ["-map", "0", "-c", "copy"]
        arguments += self._metadata.arguments(inputs, None, copies=True)
        # FFmpeg joins files without their dispositions, and some titles.
        arguments += track_arguments(parts, self._streams, is_new=True)
        arguments += attachment_arguments(inputs, parts[0], first, container)
        arguments += [*container.options, *self._metadata.mux_arguments]
        file = ("-f", container.muxer, f"output{container.extension}")
        passes.append(_pass(RenderPhase.JOINING, (*inputs.arguments, *arguments, *file), *parts))
        listed = join_list(
            (name, part.length, packet_cut(part).lead if container.muxer in _EXACT else None)
            for name, part in zip(names, parts, strict=True)
        )
        return passes, {"clips.txt": listed, **self._metadata.files}

    def _clip_passes(self, names: list[str]) -> Iterator[RenderPass]:
        """Yield the passes that copy a part each into a file of its own."""
        container = self._container
        delay = max(delay_of(part.source) for part in self._parts)
        # Files can only be joined if they share a time base.
        ticks = common_ticks(self._parts)
        scale = ["-video_track_timescale", str(ticks)] if container.muxer in HIDING else []
        for part, streams, name in zip(self._parts, self._streams, names, strict=True):
            inputs = Inputs()
            is_exact = container.muxer in _EXACT
            arguments = _copy_arguments(inputs, part, streams, container, keeps_times=is_exact)
            later = delay - delay_of(part.source)
            arguments += [*scale, *(("-bsf:v", decoded_earlier(later)) if later else ())]
            # The join writes chapters and a time code of the whole.
            if part.source.info.chapters:
                arguments += ["-map_chapters", "-1"]
            if container.muxer in HIDING and code_of(part.source):
                arguments += ["-write_tmcd", "0"]
            file = ("-f", container.muxer, name)
            yield _pass(RenderPhase.COPYING, (*inputs.arguments, *arguments, *file), part)


def _pass(phase: RenderPhase, arguments: tuple[str, ...], *parts: Excerpt) -> RenderPass:
    seconds = sum((part.length for part in parts), Fraction(0))
    return RenderPass(phase, arguments, seconds, weight=float(seconds) * COPY_WEIGHT)


def _copy_arguments(
    inputs: Inputs,
    part: Excerpt,
    streams: CopiedStreams,
    container: Container,
    *,
    keeps_times: bool = False,
) -> list[str]:
    """Open the part, and return the arguments that copy its picture, audio, subtitles and data."""
    indexes = [
        main_video(part.source, "").index,
        *(stream.index for stream in streams.audio),
        *(stream.index for stream in streams.subtitles),
        *streams.data,
    ]
    part = reading(part, indexes)
    cut = packet_cut(part)
    number = inputs.add_packets(part.source, cut.seek - part.origin, cut.length)
    longer = open_longer(inputs, part, streams.subtitles, cut.seek)
    maps = [word for index in indexes for word in ("-map", f"{longer.get(index, number)}:{index}")]
    start, end = part.start - cut.seek, part.end - cut.seek
    arguments = [*maps, "-c", "copy"]
    arguments += subtitle_arguments(streams.subtitles, container, end, start)
    arguments += data_arguments(streams, end)
    # What an edit list hides stays hidden, for the decoder needs it.
    if not cut.hides:
        arguments += ["-copypriorss", "0"]
        arguments += [] if keeps_times else ["-avoid_negative_ts", "make_zero"]
    return arguments


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


def subtitle_arguments(
    kept: Sequence[SubtitleStream],
    container: Container,
    end: Fraction,
    start: Fraction = Fraction(0),
) -> list[str]:
    """Return the arguments that copy or convert subtitles within a time of the output."""
    if not kept:
        return []
    ends = subtitle_end_arguments(kept, end, start)
    if container.text is None:
        return ["-c:s", "copy", *ends]
    if container.text != "copy":
        return ["-c:s", container.text, *ends]
    foreign = [number for number, one in enumerate(kept) if one.codec not in MATROSKA_SUBTITLES]
    converted = [word for number in foreign for word in (f"-c:s:{number}", "srt")]
    return ["-c:s", "copy", *converted, *ends]


def data_arguments(streams: CopiedStreams, seconds: Fraction) -> list[str]:
    """Return the arguments that copy data streams, whose packets end by `seconds`."""
    if not streams.data:
        return []
    left = rf"max({microseconds(seconds)}/TB-PTS\,0)"
    return ["-c:d", "copy", "-bsf:d", rf"setts=duration=min(DURATION\,{left})"]
