"""Subtitle files: found beside a video, and read whatever their encoding is."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.source import SubtitleText
from stoat_ferret.render.plan.text.cues import read_cues
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from stoat_ferret.library.files import VideoFile

EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa")
MOST_BYTES = 8 * 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LANGUAGES = dict(
    pair.split("=")
    for pair in (
        "ar=ara bg=bul ca=cat cs=ces da=dan de=deu el=ell en=eng es=spa et=est eu=eus fa=fas "
        "fi=fin fr=fra gl=glg he=heb hi=hin hr=hrv hu=hun hy=hye id=ind is=isl it=ita ja=jpn "
        "ka=kat ko=kor lt=lit lv=lav mk=mkd ms=msa nb=nob nl=nld nn=nno no=nor pl=pol pt=por "
        "ro=ron ru=rus sk=slk sl=slv sq=sqi sr=srp sv=swe ta=tam te=tel th=tha tr=tur uk=ukr "
        "ur=urd vi=vie zh=zho"
    ).split()
)
"""ISO 639-1 to ISO 639-2, which Matroska and MP4 have."""
_BIBLIOGRAPHIC = {
    "ger": "deu",
    "fre": "fra",
    "dut": "nld",
    "gre": "ell",
    "cze": "ces",
    "chi": "zho",
    "rum": "ron",
    "slo": "slk",
    "ice": "isl",
    "per": "fas",
    "may": "msa",
    "mac": "mkd",
}
_ENCODINGS = {
    **dict.fromkeys("bul rus ukr mkd srp".split(), "windows-1251"),
    **dict.fromkeys("ces hrv hun pol ron slk slv sqi".split(), "windows-1250"),
    **dict.fromkeys("est lav lit".split(), "windows-1257"),
    "ell": "windows-1253",
    "tur": "windows-1254",
    "heb": "windows-1255",
    "ara": "windows-1256",
    "fas": "windows-1256",
    "vie": "windows-1258",
    "tha": "cp874",
    "jpn": "shift_jis",
    "kor": "euc-kr",
    "zho": "gb18030",
}
_WESTERN = "windows-1252"
_WORD = re.compile(r"[A-Za-z]{2,3}")


def read_subtitles(file: VideoFile) -> bytes:
    """Return the content of an open file. Raises `RenderRefusedError` if it is too large."""
    data = file.read(0, MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RenderRefusedError(f"A subtitle file may have {MOST_BYTES >> 20} MiB at most.")
    return data


def subtitle_text(name: str, data: bytes, encoding: str | None) -> SubtitleText:
    """Return the subtitles in a file. Raises `RenderRefusedError` with the reason if it cannot."""
    shown, language = for_display(name), language_of(name)
    try:
        text, guess = decode(data, language, encoding)
        cues = read_cues(text, PurePosixPath(name).suffix)
    except ValueError as error:
        raise RenderRefusedError(f"{shown} cannot be used: {error}.") from error
    note = (
        f"{shown} does not say how its text is encoded: {guess} was taken. If its letters are "
        "wrong, save it as UTF-8, or name its `encoding`."
    )
    return SubtitleText(name, cues, language, is_forced(name), (note,) if guess else ())


def decode(data: bytes, language: str | None, encoding: str | None) -> tuple[str, str | None]:
    """Return the text of a file, and the encoding if that was a guess.

    Raises `ValueError` with a reason, as a part of a sentence.
    """
    chosen, is_guess = encoding, False
    if chosen is None:
        chosen = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if chosen is None:
        chosen = _without_mark(data)
    if chosen is None:
        chosen, is_guess = _ENCODINGS.get(language or "", _WESTERN), True
    try:
        # Windows names Thai differently from Python.
        text = data.decode({"windows-874": "cp874"}.get(chosen, chosen))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"its text is not in the encoding {chosen}: save it as UTF-8, or name its `encoding`"
        ) from error
    return text.removeprefix("\ufeff"), chosen if is_guess else None


def language_of(name: str) -> str | None:
    """Return the language in the name of a file, such as `film.en.srt`, by ISO 639-2."""
    for part in reversed(PurePosixPath(name).stem.split(".")[1:]):
        word = re.split(r"[-_]", part.lower())[0]
        if not _WORD.fullmatch(word):
            continue
        if word in _LANGUAGES:
            return _LANGUAGES[word]
        if word in _BIBLIOGRAPHIC or word in _LANGUAGES.values():
            return _BIBLIOGRAPHIC.get(word, word)
    return None


def is_forced(name: str) -> bool:
    """Return whether a name says that its subtitles are forced: shown to everybody."""
    return "forced" in name.lower().split(".")[1:-1]


def beside(video: str, names: list[str]) -> list[str]:
    """Return the subtitle files among `names` that belong to a video, the plainest name first."""
    stem = PurePosixPath(video).stem
    found = [
        name
        for name in names
        if name.lower().endswith(EXTENSIONS)
        and (name.startswith(f"{stem}.") or PurePosixPath(name).stem == stem)
    ]
    return sorted(found, key=lambda name: (name.count("."), name))


def _without_mark(data: bytes) -> str | None:
    """Return the encoding of data without a mark of its encoding, if it is plain to see."""
    some = data[:4096]
    if len(some) > 1 and some.count(0) * 4 > len(some):
        return "utf-16-le" if some[1::2].count(0) >= some[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
