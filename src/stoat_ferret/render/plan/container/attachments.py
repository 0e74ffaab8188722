"""Cover art and attachments, which a result takes over whole from its first clip.

They are written into files first: to find the one packet of a stream of cover art, or none for an
attachment, FFmpeg would read the whole video.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import Inputs
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.copying.copied_streams import CopiedStreams
    from stoat_ferret.render.plan.excerpt import Excerpt

_IMAGES = {"mjpeg": ("jpg", "image/jpeg"), "png": ("png", "image/png")}
_AS_FILES = "matroska"
"""The muxer that takes cover art as attached files: of a stream, FFmpeg would make a track."""
_ANY_TYPE = "application/octet-stream"
_WEIGHT = 0.1


def attachment_passes(part: Excerpt, streams: CopiedStreams) -> list[RenderPass]:
    """Return passes that write the cover art and attachments of a file into the scratch folder."""
    passes = []
    for number, cover in enumerate(streams.covers):
        inputs = Inputs()
        opened = inputs.add_header(part.source.path)
        output = ("-f", "image2", "-update", "1", _cover_name(number, cover))
        maps = ("-map", f"{opened}:{cover.index}", "-c", "copy", "-frames:v", "1")
        arguments = (*inputs.arguments, *maps, *output)
        passes.append(RenderPass(RenderPhase.COPYING, arguments, part.length, 1, _WEIGHT))
    if streams.attachments:
        inputs = Inputs()
        writing = [
            word
            for number, index in enumerate(streams.attachments)
            for word in (f"-dump_attachment:{index}", _file_name(number))
        ]
        opened = inputs.add_header(part.source.path, writing)
        # Without an output, FFmpeg would end with an error.
        arguments = (*inputs.arguments, "-map", f"{opened}:v:0", "-c", "copy", "-frames:v", "1")
        arguments += ("-f", "null", "-")
        passes.append(RenderPass(RenderPhase.COPYING, arguments, part.length, 1, _WEIGHT))
    return passes


def attachment_arguments(
    inputs: Inputs,
    part: Excerpt,
    streams: CopiedStreams,
    container: Container,
    *,
    is_late: bool = False,
) -> list[str]:
    """Return the arguments that put cover art and attachments into the result, after all maps.

    Cover art in a stream comes first of all, unless it `is_late`: if FFmpeg moves the first packet
    to zero, that must not be it.
    """
    arguments, attached = [], []
    for number, index in enumerate(streams.attachments):
        header = part.source.timing.streams[index]
        name = header.file_name or _file_name(number)
        attached.append((_file_name(number), name, header.mime_type or _ANY_TYPE))
    for number, cover in enumerate(streams.covers):
        name = _cover_name(number, cover)
        if container.muxer == _AS_FILES:
            attached.append((name, name, _IMAGES[cover.codec][1]))
            continue
        place = f"v:{number + 1}"
        arguments += ["-map", f"{inputs.add_image(name)}:0", f"-disposition:{place}"]
        arguments += ["attached_pic", *((f"-bsf:{place}", "setts=ts=1/TB") if is_late else ())]
    for number, (file, name, mime_type) in enumerate(attached):
        tag = f"-metadata:s:t:{number}"
        arguments += ["-attach", file, tag, f"filename={name}", tag, f"mimetype={mime_type}"]
    return arguments


def _cover_name(number: int, cover: VideoStream) -> str:
    """Return the file name of a cover, by which Matroska players find the first one."""
    return f"cover{f'-{number}' if number else ''}.{_IMAGES[cover.codec][0]}"


def _file_name(number: int) -> str:
    return f"attachment-{number:03d}"
