"""Text overlays as a subtitle file in the format ASS, which libass draws.

libass shapes scripts such as Arabic and Thai, orders those that run from right to left, and wraps
long lines at spaces. The file names a font for each run of characters, so that every character has
a glyph.
"""

from __future__ import annotations

import math
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stoat_ferret.render.request.options import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from stoat_ferret.render.plan.text.fonts import Font, Fonts
    from stoat_ferret.render.plan.video.framing import Size
    from stoat_ferret.render.request.options import TextOverlay

FONTS_FOLDER = "fonts"
"""The folder in the scratch folder with links to the fonts of the overlays."""
MARGIN = 0.04
"""The distance of an overlay from the edges, relative to the height of the picture."""

_ALIGNMENT = {
    Place.BOTTOM_LEFT: 1,
    Place.BOTTOM: 2,
    Place.BOTTOM_RIGHT: 3,
    Place.LEFT: 4,
    Place.CENTER: 5,
    Place.RIGHT: 6,
    Place.TOP_LEFT: 7,
    Place.TOP: 8,
    Place.TOP_RIGHT: 9,
}
_SANS = "sans-serif"
_SMALLEST = 4
_ALWAYS = 9 * 3600 * 100
_HALF = 0x7F
_WORD_JOINER = "\N{WORD JOINER}"
_ZERO_WIDTH_JOINER = "\N{ZERO WIDTH JOINER}"
_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
"""
_EVENTS = """
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def text_file(
    overlays: Iterable[TextOverlay], canvas: Size, fonts: Fonts, rate: Fraction | None
) -> str:
    """Return the file that draws `overlays` on pictures of this size, shown at `rate`.

    Without a rate, there is a single picture, and they are all on it. The times of ASS are in
    hundredths of a second: up to 90 pictures a second, each overlay is on exactly its pictures.
    """
    styles, events = [], []
    for number, overlay in enumerate(overlays):
        size = max(round(overlay.size * canvas.height), _SMALLEST)
        margin = round(MARGIN * canvas.height)
        styles.append(_style(number, overlay, size, margin, fonts))
        start, end = (0, _ALWAYS) if rate is None else _shown(overlay, rate)
        lines = (_line(line, size, canvas.width - 2 * margin, fonts) for line in _lines(overlay))
        x, y = _position(overlay.place, canvas, margin)
        text = rf"{{\pos({x},{y})}}" + r"\N".join(lines)
        events.append(f"Dialogue: {number},{_clock(start)},{_clock(end)},s{number},,0,0,0,,{text}")
    header = _HEADER.format(width=canvas.width, height=canvas.height)
    return header + "\n".join(styles) + "\n" + _EVENTS + "\n".join(events) + "\n"


def font_links(fonts: Fonts) -> Mapping[str, str]:
    """Return the font files by their names in the scratch folder, which are numbers."""
    return {
        f"{FONTS_FOLDER}/{number:03d}{PurePosixPath(font.path).suffix.lower()}": font.path
        for number, font in enumerate(fonts.found)
    }


def _style(number: int, overlay: TextOverlay, size: int, margin: int, fonts: Fonts) -> str:
    font = fonts.found[0] if fonts.found else None
    name, height = (font.family, font.height) if font else (_SANS, 1.0)
    padding = max(size // 4, 1) if overlay.box else 0
    fields = [
        *(f"s{number}", name, f"{size * height:.3f}"),
        *(_color(overlay.color), "&H00FFFFFF", "&H00000000", f"&H{_HALF:02X}000000"),
        *("0", "0", "0", "0", "100", "100", "0", "0"),
        # Style 4 of libass is one box around all lines, as much larger as the shadow is long.
        *("4" if overlay.box else "1", "0", str(padding)),
        # The last number lets libass find out in which direction the text runs.
        *(str(_ALIGNMENT[overlay.place]), str(margin), str(margin), str(margin), "-1"),
    ]
    return f"Style: {','.join(fields)}"


def _color(color: str) -> str:
    """Return a color as ASS writes it: in the opposite order, and with its transparency first."""
    red, green, blue = color[1:3], color[3:5], color[5:7]
    return f"&H{255 - int(color[7:] or 'ff', 16):02X}{blue}{green}{red}".upper()


def _position(place: Place, canvas: Size, margin: int) -> tuple[str, str]:
    """Return the point at which an overlay is anchored."""
    column, row = (_ALIGNMENT[place] - 1) % 3, (_ALIGNMENT[place] - 1) // 3
    across = (margin, canvas.width / 2, canvas.width - margin)
    up = (canvas.height - margin, canvas.height / 2, margin)
    return f"{across[column]:g}", f"{up[row]:g}"


def _shown(overlay: TextOverlay, rate: Fraction) -> tuple[int, int]:
    """Return the time of an overlay in hundredths of a second, between the pictures around it."""
    start = _before(overlay.start_seconds, rate) if overlay.start_seconds else 0
    end = _ALWAYS if overlay.end_seconds is None else _before(overlay.end_seconds, rate)
    return start, max(end, start)


def _before(moment: Fraction, rate: Fraction) -> int:
    """Return a time just before the first picture from `moment` on, and after the one before it."""
    # Requests may name the time of a picture rounded to a microsecond.
    first = math.ceil((moment - type(moment)(1, 10_000)) * rate)
    # libass cuts the time of a picture to a millisecond, of which FFmpeg may compute one too few.
    return max(math.floor((first / rate * 1000 - 1) / 10), 0)


def _clock(hundredths: int) -> str:
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"


def _lines(overlay: TextOverlay) -> list[str]:
    return overlay.text.split("\n")


def _line(line: str, size: int, room: int, fonts: Fonts) -> str:
    """Return a line with its fonts, and with breaks in words that are wider than the room."""
    broken = _broken(line, room / size, fonts)
    return r"\N".join(
        "".join(_run(text, font, size) for text, font in fonts.runs(part)) for part in broken
    )


def _run(text: str, font: Font | None, size: int) -> str:
    named = rf"{{\fn{font.family}\fs{size * font.height:.3f}}}" if font else ""
    return named + _escaped(text)


def _escaped(text: str) -> str:
    """Escape a text so that nothing in it is a command of ASS."""
    joined = text.replace("\\", f"\\{_WORD_JOINER}")
    return joined.replace("{", r"\{").replace("}", r"\}")


def _broken(line: str, room: float, fonts: Fonts) -> list[str]:
    """Break a line inside words that are wider than `room`, in units of the font size.

    libass breaks lines at spaces alone, and some scripts have none.
    """
    parts, part, word = [], "", 0.0
    for place, char in enumerate(line):
        width = 0.0 if char.isspace() else fonts.advance(char)
        word = 0.0 if char.isspace() else word + width
        if word > room and _may_break(line, place):
            parts.append(part)
            part, word = "", width
        part += char
    return [*parts, part]


def _may_break(line: str, place: int) -> bool:
    """Return whether a line may be broken before the character at `place`."""
    before, after = line[place - 1 : place], line[place]
    if not before or before == _ZERO_WIDTH_JOINER or after == _ZERO_WIDTH_JOINER:
        return False
    if unicodedata.category(after) in {"Mn", "Mc", "Me", "Cf", "Pe", "Pf", "Po"}:
        return False
    return unicodedata.category(before) not in {"Ps", "Pi"}
