"""Subtitle files: found beside a video, and read whatever their encoding is."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from stoat_ferret.config import VIDEO_EXTENSIONS
from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.source import SubtitleText
from stoat_ferret.render.plan.text.cues import read_cues
from stoat_ferret.render.run.text_encoding import decode
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoat_ferret.library.files import VideoFile

EXTENSIONS = (".srt", ".vtt", ".ass", ".ssa")
FOLDERS = ("subs", "subtitles")
"""The names of folders beside videos for their subtitles, in lower case."""
MOST_BYTES = 8 * 2**20
MOST_BESIDE = 50
"""The most subtitle files of a video."""
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
_WORD = re.compile(r"[A-Za-z]{2,3}")
_TITLES = {"forced": "Forced", "sdh": "SDH", "cc": "CC", "hi": "SDH", "default": "Default"}


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


def language_of(name: str) -> str | None:
    """Return the language in the name of a file, such as `film.en.srt`, by ISO 639-2."""
    found = [
        language
        for part in reversed(PurePosixPath(name).stem.split(".")[1:])
        if (language := _language(part)) is not None
    ]
    # `film.en.hi.srt` is English for the hearing impaired, `film.hi.srt` is Hindi.
    return next((one for one in found if one != "hin"), found[0] if found else None)


def _language(part: str) -> str | None:
    """Return the language that a part of a name is, such as `en`, `ger` or `pt-BR`."""
    word = re.split(r"[-_]", part.lower())[0]
    if not _WORD.fullmatch(word):
        return None
    if word in _BIBLIOGRAPHIC or word in _LANGUAGES.values():
        return _BIBLIOGRAPHIC.get(word, word)
    return _LANGUAGES.get(word)


def title_of(name: str) -> str | None:
    """Return what a name says beyond its language, such as `SDH`, for people; None if nothing."""
    parts = PurePosixPath(name).stem.split(".")[1:]
    language = language_of(name)
    kept = [
        _TITLES.get(part.lower(), part)
        for part in parts
        if part and (_language(part) != language or "-" in part or "_" in part)
    ]
    return for_display(", ".join(kept)) or None


def is_forced(name: str) -> bool:
    """Return whether a name says that its subtitles are forced: shown to everybody."""
    return "forced" in name.lower().split(".")[1:-1]


def find_beside(folder: str, video: str) -> list[str]:
    """Return the subtitle files of a video relative to its `folder`, the plainest names first.

    They lie beside it, in a folder called `Subs` or `Subtitles`, or there in one called as the
    video is. Blocking; a folder that cannot be read has none.
    """
    files, folders = _list(folder)
    found = beside(video, files)
    stem = PurePosixPath(video).stem
    for name in sorted(name for name in folders if name.lower() in FOLDERS):
        inner, deeper = _list(f"{folder}/{name}")
        videos = [file for file in files if _is_video(file)]
        found += [f"{name}/{file}" for file in beside(video, [*inner, *videos])]
        if stem in deeper:
            own = sorted(file for file in _list(f"{folder}/{name}/{stem}")[0] if _is_subtitle(file))
            found += [f"{name}/{stem}/{file}" for file in own]
    return found[:MOST_BESIDE]


def name_beyond(path: str, video: str) -> str:
    """Return the name of a subtitle file with a dot before what it says beyond the video's."""
    name, stem = PurePosixPath(path).name, PurePosixPath(video).stem
    return name if name[: len(stem)].casefold() == stem.casefold() else f".{name}"


def beside(video: str, names: Iterable[str]) -> list[str]:
    """Return the subtitle files among `names` that belong to a video, the plainest name first.

    `film.2.en.srt` belongs to `film.2.mp4` if that is among them, else to `film.mp4`.
    """
    listed = [*names]
    stem = PurePosixPath(video).stem
    others = {PurePosixPath(name).stem.casefold() for name in listed if _is_video(name)}
    longer = tuple(f"{one}." for one in others if one.startswith(f"{stem.casefold()}."))
    found = [
        name
        for name in listed
        if _is_subtitle(name)
        and name.casefold().startswith(f"{stem.casefold()}.")
        and not name.casefold().startswith(longer)
    ]
    return sorted(found, key=lambda name: (name.count("."), name))


def _is_subtitle(name: str) -> bool:
    return name.lower().endswith(EXTENSIONS)


def _is_video(name: str) -> bool:
    return name.rpartition(".")[2].lower() in VIDEO_EXTENSIONS


def _list(folder: str) -> tuple[list[str], list[str]]:
    """Return the names of the files and the folders in a folder; links may be files alone."""
    files: list[str] = []
    folders: list[str] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            (folders if is_folder else files).append(entry.name)
    return files, folders
