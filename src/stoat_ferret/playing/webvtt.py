"""Subtitle files as WebVTT (W3C), with the styles that players of browsers show."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.text.cues import read_cues
from stoat_ferret.render.run.text_encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from stoat_ferret.render.plan.text.cues import Cues

_SIGNATURE = re.compile(r"WEBVTT(?=[ \t\n]|\Z)")
# No braces and angle brackets inside, so that it takes no longer than the text is long.
_PART = re.compile(r"(\{[^{}]*\}|<[^<>]*>)")
_STYLE_TAG = re.compile(r"</?[biu]>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_STYLE = re.compile(r"\\([biu])(\d+)(?![\d.])")
_DRAWING = re.compile(r"\\p(\d+)")
_PLACE = re.compile(r"\\an([1-9])")
_OLD_PLACE = re.compile(r"\\a(\d{1,2})")
_ENDS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TOP, _MIDDLE = " line:0", " line:50%"
_PLACES = {**dict.fromkeys("789", _TOP), **dict.fromkeys("456", _MIDDLE)}
_OLD_PLACES = {**dict.fromkeys(("5", "6", "7"), _TOP), **dict.fromkeys(("9", "10", "11"), _MIDDLE)}


def convert(data: bytes, name: str, language: str | None) -> str:
    """Return the content of a file with this name as WebVTT, whatever its encoding is.

    Raises `ValueError`, as `webvtt_of` does. May take seconds, if somebody wrote it for that.
    """
    text, _ = decode(data, language, None)
    return webvtt_of(text, name)


def webvtt_of(text: str, name: str) -> str:
    """Return the subtitles in the text of a file with this name as WebVTT.

    WebVTT stays as it is, with its own styles and positions. Raises `ValueError` with a reason, as
    a part of a sentence.
    """
    cues = read_cues(text, PurePosixPath(name).suffix)
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return plain if _SIGNATURE.match(plain) else write_webvtt(cues)


def write_webvtt(cues: Cues) -> str:
    """Return a file with the cues; what is shown twice at the same time is written once."""
    written: dict[str, None] = {}
    for cue in cues.found:
        said = cues.spoken(cue)
        if cues.header is not None:
            said = (
                said.replace("\\N", "\n").replace("\\n", " ").replace("\\h", "\N{NO-BREAK SPACE}")
            )
        shown = "\n".join(
            line.strip() for line in "".join(_parts(said)).split("\n") if line.strip()
        )
        if shown:
            times = f"{_clock(cue.start)} --> {_clock(cue.end)}{_place(said)}"
            written[f"{times}\n{shown}\n"] = None
    return "\n".join(["WEBVTT\n", *written])


def _parts(said: str) -> Iterator[str]:
    """Yield the text with tags for bold, italic and underlined, and without other commands."""
    is_drawing = False
    for part in _PART.split(said):
        if part.startswith("{") and part.endswith("}"):
            if not part.startswith("{\\"):
                continue  # a remark
            for kind, value in _STYLE.findall(part):
                yield f"<{kind}>" if int(value) else f"</{kind}>"
            for scale in _DRAWING.findall(part):
                is_drawing = scale != "0"
        elif is_drawing:
            continue
        elif _STYLE_TAG.fullmatch(part.lower()):
            yield part.lower()
        elif not _TAG.fullmatch(part):
            yield part.translate(_ENDS)


def _place(said: str) -> str:
    """Return the setting of a cue for its place in the picture; at the bottom it needs none."""
    if found := _PLACE.search(said):
        return _PLACES.get(found[1], "")
    if found := _OLD_PLACE.search(said):
        return _OLD_PLACES.get(found[1], "")
    return ""


def _clock(moment: Fraction) -> str:
    seconds, rest = divmod(round(moment * 1000), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
