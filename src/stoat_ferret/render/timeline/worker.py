"""Functions on the text of a timeline that run in a worker process.

The library that parses it holds the GIL, and crafted text can crash the process: so nothing else
may run there. The functions return plain data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import RenderRefusedError, TimelineRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.timeline.known_media import KnownMedia

MAX_TIMELINE_BYTES = 8 * 2**20
"""Far more than a hundred clips need, including metadata of editors."""
_MOST_NOTES = 200
_MOST_WORDS = 400


def read_media(text: bytes) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the fields of the `NamedMedia` of a timeline.

    Raises `TimelineRefusedError`, as `read_request` does.
    """
    from stoat_ferret.render.timeline.export import media_in

    try:
        media = media_in(_decoded(text))
    except RenderRefusedError:
        raise
    except Exception as error:  # a timeline of another program may contain anything anywhere
        raise _not_understood(error) from error
    return media.addresses, media.video_ids, media.unplaced


def read_request(text: bytes, media: KnownMedia) -> tuple[dict[str, Any], list[str]]:
    """Return the request for a timeline as JSON, and its notes."""
    from stoat_ferret.render.timeline.export import import_timeline

    try:
        taken = import_timeline(_decoded(text), media)
    except RenderRefusedError:
        raise
    except Exception as error:
        raise _not_understood(error) from error
    return taken.request.params, _few(taken.notes)


def write(
    request: RenderRequest, sources: Mapping[str, Source], name: str
) -> tuple[str, list[str]]:
    """Return the timeline for a request, and its notes. Raises `RenderRefusedError`."""
    from stoat_ferret.render.timeline.export import export_timeline

    made = export_timeline(request, sources, name)
    return made.text, list(made.notes)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TimelineRefusedError(
            "This is not an OpenTimelineIO file: it is not text. Export your timeline as `.otio`."
        ) from error


def _few(notes: tuple[str, ...]) -> list[str]:
    few = [note if len(note) <= _MOST_WORDS else f"{note[:_MOST_WORDS]}…" for note in notes]
    more = len(few) - _MOST_NOTES
    return few if more <= 0 else [*few[:_MOST_NOTES], f"And {more:,} more."]


def _not_understood(error: Exception) -> TimelineRefusedError:
    words = " ".join(str(error).split())[:_MOST_WORDS]
    return TimelineRefusedError(
        f"The timeline is not understood ({words}). Export it from the editor anew."
    )
