"""Subtitle files are read whatever their form and encoding, cut, and written well-formed."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.text.cues import Cue, Cues, joined, read_cues
from stoat_ferret.render.run.subtitle_files import (
    beside,
    is_forced,
    language_of,
    subtitle_text,
    title_of,
)
from stoat_ferret.render.run.text_encoding import decode

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>Hi</i> there
you

2
00:00:04,00 --> 00:00:06,5 X1:1 X2:2
End


3
not a time
"""
VTT = """WEBVTT - a title

NOTE nothing

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.000 align:start
<v Bob>Fish &amp; <00:01.500><b>chips</b></v>
"""
ASS = r"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: D,Arial

[Events]
Format: Layer, Start, End, Style, Text
Comment: 0,0:00:01.00,0:00:03.00,D,nothing
Dialogue: 0,0:00:05.00,0:00:06.50,D,later
Dialogue: 0,0:00:01.00,0:00:03.00,D,{\b1}Hi, {start}\Nthere
Dialogue: 0,0:00:03.00,0:00:01.00,D,ends before it starts

[Fonts]
fontname: a.ttf
"""


def times(cues: Cues) -> list[tuple[float, float]]:
    """Return the times of all cues."""
    return [(float(cue.start), float(cue.end)) for cue in cues.found]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_subrip_is_read(ending: str) -> None:
    cues = read_cues(SRT.replace("\n", ending), ".SRT")
    assert times(cues) == [(1, 3.5), (4, 6.5)]
    assert [cue.text for cue in cues.found] == ["<i>Hi</i> there\nyou", "End"]


def test_subrip_is_read_where_blank_lines_are_missing_or_too_many() -> None:
    cues = read_cues(
        "1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\n\nTwo\n\nlines"
        "\n\n00:00:05,000 --> 00:00:06,000\n3\n\n4\n00:00:07,000 --> 00:00:08,000\n4",
        ".srt",
    )
    assert [cue.text for cue in cues.found] == ["One", "Two\nlines", "3", "4"]


def test_webvtt_becomes_subrip() -> None:
    cues = read_cues(VTT, ".vtt")
    assert cues.written() == "1\n00:00:01,000 --> 00:00:02,000\nFish & <b>chips</b>\n"


def test_ass_keeps_its_styles() -> None:
    cues = read_cues(ASS, ".ass").cut(Fraction(2), Fraction(10))
    assert times(cues) == [(0, 1), (3, 4.5)]
    file = cues.written()
    assert "Style: D,Arial" in file
    assert file.endswith(
        "Format: Layer, Start, End, Style, Text\n"
        r"Dialogue: 0,0:00:00.00,0:00:01.00,D,{\b1}Hi, {start}\Nthere" + "\n"
        "Dialogue: 0,0:00:03.00,0:00:04.50,D,later\n"
    )
    assert [word.split() for word in cues.words()] == [["Hi,", "there"], ["later"]]


def test_cues_are_cut_to_a_clip_and_placed_in_the_result() -> None:
    cues = read_cues(SRT, ".srt")
    assert times(cues.cut(Fraction(2), Fraction(5))) == [(0, 1.5), (2, 3)]
    assert times(cues.cut(Fraction(2), Fraction(5)).placed(Fraction(10), Fraction(2))) == [
        (10, 10.75),
        (11, 11.5),
    ]
    assert times(cues.cut(Fraction(7), Fraction(9))) == []
    both = joined([cues.placed(Fraction(5), Fraction(1)), cues])
    assert [start for start, _ in times(both)] == [1, 4, 6, 9]


@settings(max_examples=examples(60))
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**7),
            st.integers(1, 10**5),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
        ),
        min_size=1,
        max_size=5,
    )
)
@example([(0, 1, "1"), (5, 5, "-->")])
def test_what_is_written_is_read_again(said: list[tuple[int, int, str]]) -> None:
    found = sorted(
        (
            Cue(Fraction(start, 1000), Fraction(start + length, 1000), text)
            for start, length, text in said
            if text.strip()
        ),
        key=lambda cue: cue.start,
    )
    if found:
        assert read_cues(Cues(tuple(found)).written(), ".srt") == Cues(tuple(found))


@settings(max_examples=examples(100))
@given(st.text(max_size=200), st.sampled_from([".srt", ".vtt", ".ass", ".ssa"]))
@example("[Events]\nDialogue: 0,0:00:01.00", ".ass")
@example("[Events]\nFormat: Start, End\nDialogue: 0:00:01.00,0:00:02.00", ".ass")
@example("00:00:01,000 --> 00:00:02,000\n", ".srt")
@example("ffconcat version 1.0\nfile /etc/passwd\n", ".srt")
def test_whatever_a_file_holds_it_is_read_or_refused(text: str, extension: str) -> None:
    with suppress(ValueError):
        read_cues(text, extension).written()


def test_a_file_that_is_something_else_is_refused_with_its_name() -> None:
    with pytest.raises(RenderRefusedError, match=r"film\.srt cannot be used: no subtitle with a"):
        subtitle_text("film.srt", b"ffconcat version 1.0\nfile /etc/passwd\n", None)


@pytest.mark.parametrize(
    ("encoding", "named", "text"),
    [
        ("utf-8", None, "naïve 日本"),
        ("utf-8-sig", None, "naïve 日本"),
        ("utf-16", None, "naïve 日本"),
        ("utf-16-le", None, "plain words"),
        ("utf-16-be", None, "plain words"),
        ("shift_jis", "shift_jis", "日本"),
        ("windows-1251", "windows-1251", "Привет"),
        ("cp874", "windows-874", "สวัสดี"),
    ],
)
def test_the_encoding_is_seen_or_named(encoding: str, named: str | None, text: str) -> None:
    assert decode(text.encode(encoding), None, named) == (text, None)


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("windows-1252", None, "naïve €"),
        ("windows-1250", "pol", "Cześć"),
        ("windows-1251", "rus", "Привет"),
        ("koi8-r", "rus", "Привет, как дела? Я не знаю, что сказать."),
        ("gb18030", "zho", "你好"),
        ("big5", "zho", "我不知道該對你說什麼。我們回家吧,已經很晚了。"),
        ("euc-jp", "jpn", "何と言えばいいのかわからない。家に帰ろう、もう遅い。"),
        ("windows-1251", None, "Привет, как дела? Я не знаю, что сказать."),
        ("windows-1250", None, "Cześć, jak się masz? Nie wiem, co ci powiedzieć. Już późno."),
        ("windows-1252", None, "Hej, hur mår du? Vi går hem, det är för sent."),
        ("windows-1255", None, "שלום, מה שלומך? אני לא יודע מה לומר לך. בוא נלך הביתה, כבר מאוחר."),
        ("shift_jis", None, "何と言えばいいのかわからない。家に帰ろう、もう遅い。"),
        ("euc-kr", None, "뭐라고 말해야 할지 모르겠어요. 집에 갑시다."),
    ],
)
def test_an_old_encoding_is_guessed_by_the_language_or_the_text(
    encoding: str, language: str | None, text: str
) -> None:
    assert decode(text.encode(encoding), language, None) == (text, encoding)


def test_a_few_broken_bytes_do_not_spoil_the_rest() -> None:
    text, guess = decode("Łódź, dzień dobry, źle ".encode() * 5 + b"\xff", None, None)
    assert (text.count("Łódź"), text[-1], guess) == (5, "\N{REPLACEMENT CHARACTER}", None)
    with pytest.raises(ValueError, match="it is no text"):
        decode(b"\x1aE\xdf\xa3" + bytes(40) + b"words" * 60, None, None)


def test_a_guess_is_noted_and_a_wrong_encoding_refused() -> None:
    data = SRT.replace("Hi", "Hé").encode("windows-1252")
    (note,) = subtitle_text("film.srt", data, None).notes
    assert "windows-1252 was taken" in note
    with pytest.raises(RenderRefusedError, match="not in the encoding utf-8: save it as UTF-8"):
        subtitle_text("film.srt", data, "utf-8")
    with pytest.raises(RenderRefusedError, match="not in the encoding windows-1252"):
        subtitle_text("film.srt", SRT.replace("Hi", "H\x81").encode("latin-1"), "windows-1252")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("film.srt", None),
        ("film.en.srt", "eng"),
        ("film.ENG.srt", "eng"),
        ("film.ger.forced.srt", "deu"),
        ("film.pt-BR.srt", "por"),
        ("film.2024.cut.srt", None),
        ("en.srt", None),
        ("film.en.hi.srt", "eng"),
        ("film.hi.srt", "hin"),
    ],
)
def test_the_language_is_in_the_name(name: str, language: str | None) -> None:
    assert language_of(name) == language


def test_forced_subtitles_say_so() -> None:
    assert is_forced("film.en.forced.srt")
    assert not is_forced("forced.srt")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("film.srt", None),
        ("film.en.srt", None),
        ("film.en.forced.srt", "Forced"),
        ("film.en.hi.srt", "SDH"),
        ("film.pt-BR.srt", "pt-BR"),
        ("film.Director's words.de.vtt", "Director's words"),
    ],
)
def test_the_rest_of_the_name_is_a_title(name: str, title: str | None) -> None:
    assert title_of(name) == title


def test_the_files_of_a_video_are_called_as_it_is() -> None:
    names = ["film.en.srt", "film.SRT", "film.mp4", "film 2.srt", "filmed.srt", "a.srt"]
    assert beside("film.mp4", [*names, "film.de.forced.ass"]) == [
        "film.SRT",
        "film.en.srt",
        "film.de.forced.ass",
    ]


def test_a_file_belongs_to_the_video_with_the_longest_name() -> None:
    names = ["film.mp4", "film.2.mp4", "film.2.en.srt", "Film.en.srt"]
    assert beside("film.mp4", names) == ["Film.en.srt"]
    assert beside("film.2.mp4", names) == ["film.2.en.srt"]
