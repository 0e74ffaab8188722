"""The encodings of text files that do not say which one they have."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

UNICODE_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC = ("windows-1251", "koi8-r", "iso-8859-5", "cp866")
_CENTRAL = ("windows-1250", "iso-8859-2")
_OF_LANGUAGES = {
    **dict.fromkeys("bul rus ukr mkd".split(), _CYRILLIC),
    "srp": ("windows-1250", "windows-1251"),
    **dict.fromkeys("ces hrv hun pol ron slk slv sqi".split(), _CENTRAL),
    **dict.fromkeys("est lav lit".split(), ("windows-1257",)),
    "ell": ("windows-1253",),
    "tur": ("windows-1254",),
    "heb": ("windows-1255",),
    "ara": ("windows-1256",),
    "fas": ("windows-1256",),
    "vie": ("windows-1258",),
    "tha": ("cp874",),
    "jpn": ("shift_jis", "euc-jp"),
    "kor": ("euc-kr",),
    "zho": ("gb18030", "big5"),
}
"""The encodings of languages, by ISO 639-2; the usual one first."""
_ALL = (
    "windows-1252",
    *_CYRILLIC,
    *_CENTRAL,
    *(f"windows-{page}" for page in (1253, 1254, 1255, 1256, 1257)),
    *("cp874", "shift_jis", "euc-jp", "euc-kr", "gb18030", "big5"),
)
"""The encodings of files whose language is not known; of those that fit equally, the first."""
_WESTERN = ("windows-1252",)
_DETECTED_BYTES = 64 * 1024
_MOST_DAMAGE = 0.25
"""The part of the characters beyond ASCII that may be broken in UTF-8."""


def decode(data: bytes, language: str | None, encoding: str | None) -> tuple[str, str | None]:
    """Return the text of a file, and the encoding if that was a guess.

    `language` is by ISO 639-2. Raises `ValueError` with a reason, as a part of a sentence, if the
    text is not in the named `encoding`, or is no text.
    """
    chosen = encoding or _marked(data) or _without_mark(data)
    if chosen is None and (text := _damaged(data)) is not None:
        return text, None
    if chosen is None:
        guess = _guess(data, language)
        return data.decode(guess, "replace"), guess
    try:
        # Windows names Thai differently from Python.
        text = data.decode({"windows-874": "cp874"}.get(chosen, chosen), _errors(encoding))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"its text is not in the encoding {chosen}: save it as UTF-8, or name its `encoding`"
        ) from error
    return text.removeprefix("\ufeff"), None


def _errors(encoding: str | None) -> str:
    return "strict" if encoding else "replace"


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in UNICODE_MARKS if data.startswith(mark)), None)


def _without_mark(data: bytes) -> str | None:
    """Return the encoding of data without a mark of its encoding, if it is plain to see."""
    some = data[:4096]
    if len(some) > 1 and some.count(0) * 4 > len(some):
        return "utf-16-le" if some[1::2].count(0) >= some[::2].count(0) else "utf-16-be"
    if b"\0" in some:
        raise ValueError("it is no text")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _damaged(data: bytes) -> str | None:
    """Return the text of UTF-8 with a few bytes that are broken; None if it is not UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if broken <= beyond * _MOST_DAMAGE else None


def _guess(data: bytes, language: str | None) -> str:
    """Return the encoding that makes most sense; for a known language, one of its own."""
    among = _OF_LANGUAGES.get(language, _WESTERN) if language else _ALL
    if len(among) == 1:
        return among[0]
    from charset_normalizer import from_bytes  # which takes a while

    some = data[:_DETECTED_BYTES]
    if len(some) < len(data):
        some = some.rpartition(b"\n")[0] or some
    order = {_python_name(name): name for name in reversed(among)}
    places = {name: among.index(encoding) for name, encoding in order.items()}
    fits = [
        (one.chaos, -one.coherence, min(places.get(name, len(among)) for name in _names_of(one)))
        for one in from_bytes(some, cp_isolation=[*order])
    ]
    return among[min(fits)[2]] if fits else among[0]


def _names_of(match: CharsetMatch) -> list[str]:
    """Return the encodings in which a text is the same."""
    return [_python_name(name) for name in (match.encoding, *match.could_be_from_charset)]


def _python_name(encoding: str) -> str:
    return codecs.lookup(encoding).name
