"""Plans that copy without encoding: each clip starts at a key frame."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.container.attachments import attachment_arguments, attachment_passes
from stoat_ferret.render.plan.container.chapters import stays_in_order
from stoat_ferret.render.plan.container.index_room import muxing_options
from stoat_ferret.render.plan.container.joined_files import join_input, join_list
from stoat_ferret.render.plan.container.metadata import code_of, plan_metadata
from stoat_ferret.render.plan.copying.copied_clips import (
    COPY_WEIGHT,
    CopiedClips,
    check_audible,
    check_display_times,
    copy_container,
    plain_clips,
    sounds_of,
)
from stoat_ferret.render.plan.copying.copied_streams import (
    check_same_audio,
    check_same_pictures,
    choose_streams,
    data_arguments,
    subtitle_arguments,
    track_arguments,
)
from stoat_ferret.render.plan.copying.packet_cut import (
    HIDING,
    common_ticks,
    cut_at_key_frame,
    decoded_earlier,
    delay_of,
    packet_cut,
)
from stoat_ferret.render.plan.excerpt import Excerpt, check_pictures, excerpt, main_video, reading
from stoat_ferret.render.plan.filter_graph import Inputs
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.seams import copied_pictures, seams_of, spare_pictures
from stoat_ferret.render.plan.sound.audio_ends import copied_ends
from stoat_ferret.render.plan.text.subtitle_ends import open_longer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.container.metadata import MetadataPlan
    from stoat_ferret.render.plan.copying.copied_streams import CopiedStreams
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

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
        source = materials.videos[clip.video_id]
        check_pictures(clip, source)
        check_display_times(clip, source)
    container = copy_container(request, [excerpt(clips[0], materials.videos[clips[0].video_id])])
    may_hide = len(clips) == 1 and container.muxer in HIDING
    cuts = [cut_at_key_frame(clip, materials, may_hide=may_hide) for clip in clips]
    parts = [part for part, _ in cuts]
    copied = CopiedClips(clips, parts, sounds_of(request, preset, clips, parts), container)
    check_audible(copied)
    metadata = plan_metadata(request, preset, stays_in_order(parts), container, copied.rate)
    check_same_pictures(parts)
    check_same_audio(copied.sounds)
    streams, left_out = choose_streams(
        clips, parts, copied.sounds, container, keeps_metadata=metadata.is_kept
    )
    notes = [note for part, cut_notes in cuts for note in (*part.notes, *cut_notes)]
    copies = _Copies(copied, streams, metadata)
    passes, files = copies.single() if len(parts) == 1 else copies.joined()
    first = streams[0]
    output = PlannedOutput(
        f"output{container.extension}",
        container.extension,
        container.muxer,
        OutputKind.VIDEO,
        duration_seconds=copied.seconds,
        # Packets cannot be split, and each stream ends with its own last packet. If pictures are
        # decoded before they are shown, so much later may the first one be.
        tolerance_seconds=_ROUGHLY * len(parts) + max(part.source.timing.delay for part in parts),
        frames=copied_pictures(parts),
        spare_frames=spare_pictures(parts),
        audio_ends=copied_ends(parts, streams[-1].audio),
        video_codec=copied.video.codec,
        audio_codec=first.audio[0].codec if first.audio else None,
        audio_streams=len(first.audio),
        subtitle_streams=len(first.subtitles),
        seams=seams_of(parts),
    )
    notes += [*left_out, *metadata.notes]
    return RenderPlan(
        tuple(passes),
        (output,),
        copied.seconds,
        files,
        tuple(notes),
        copied.size_bytes,
        temporary_bytes=copied.size_bytes if len(parts) > 1 else 0,
    )


class _Copies:
    """The passes that copy each part."""

    def __init__(
        self,
        copied: CopiedClips,
        streams: list[CopiedStreams],
        metadata: MetadataPlan,
    ) -> None:
        self._parts = copied.parts
        self._streams = streams
        self._container = copied.container
        self._metadata = metadata
        options = [*copied.container.options, *metadata.mux_arguments]
        self._muxing = muxing_options(options, copied, streams)

    def single(self) -> tuple[list[RenderPass], dict[str, str]]:
        """Return the passes that copy the only part."""
        part, streams, container = self._parts[0], self._streams[0], self._container
        inputs = Inputs()
        arguments = _copy_arguments(inputs, part, streams, container)
        arguments += self._metadata.arguments(inputs, 0, copies=True)
        arguments += track_arguments([part], [streams], is_new=not self._metadata.is_kept)
        arguments += attachment_arguments(inputs, part, streams, container, is_late=True)
        arguments += self._muxing
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
        arguments += self._muxing
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
            arguments = _copy_arguments(
                *(inputs, part, streams, container),
                keeps_times=is_exact,
                earlier=delay - delay_of(part.source),
            )
            arguments += scale
            # The join writes chapters and a time code of the whole.
            if part.source.info.chapters:
                arguments += ["-map_chapters", "-1"]
            if container.muxer in HIDING and code_of(part.source):
                arguments += ["-write_tmcd", "0"]
            file = ("-f", container.muxer, name)
            yield _pass(RenderPhase.COPYING, (*inputs.arguments, *arguments, *file), part)


def _pass(phase: RenderPhase, arguments: tuple[str, ...], *parts: Excerpt) -> RenderPass:
    seconds = sum((part.length for part in parts), Fraction(0))
    weight, is_counted = float(seconds) * COPY_WEIGHT, phase is RenderPhase.COPYING
    return RenderPass(phase, arguments, seconds, weight=weight, is_counted=is_counted)


def _copy_arguments(
    inputs: Inputs,
    part: Excerpt,
    streams: CopiedStreams,
    container: Container,
    *,
    keeps_times: bool = False,
    earlier: Fraction = Fraction(0),
) -> list[str]:
    """Open the part, and return the arguments that copy its picture, audio, subtitles and data.

    Its pictures are decoded `earlier` by some seconds.
    """
    indexes = [
        main_video(part.source, "").index,
        *(stream.index for stream in streams.audio),
        *(stream.index for stream in streams.subtitles),
        *streams.data,
    ]
    part = reading(part, indexes)
    cut = packet_cut(part)
    number = inputs.add_packets(part.source, cut.seek - part.origin, cut.audio_length)
    longer = open_longer(inputs, part, streams.subtitles, cut.seek)
    maps = [word for index in indexes for word in ("-map", f"{longer.get(index, number)}:{index}")]
    start, end = part.start - cut.seek, part.end - cut.seek
    arguments = [*maps, "-c", "copy"]
    filters = cut.video_filters + ([decoded_earlier(earlier)] if earlier else [])
    arguments += ["-bsf:v", ",".join(filters)] if filters else []
    arguments += subtitle_arguments(streams.subtitles, container, end, start)
    arguments += data_arguments(streams, end)
    # What an edit list hides stays hidden, for the decoder needs it.
    if not cut.hides:
        arguments += ["-copypriorss", "0"]
        arguments += [] if keeps_times else ["-avoid_negative_ts", "make_zero"]
    return arguments
