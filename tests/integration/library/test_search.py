"""A search finds what holds all its words, whatever the words are."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.filters import SORTS
from tests.integration.library.conftest import delete_rows
from tests.integration.library.scans import bad, media_info, open_inventory, scanned

from stoat_ferret.folded_text import fold, search_lines
from stoat_ferret.library import repository as repository_module
from stoat_ferret.library import search as search_module
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.search import parse_search
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root


def titled(path: str, title: str | None = None) -> ScannedFile:
    """Return a video with a title in its file."""
    file = scanned(FoundFile(path, 1, 1), ascii(path))
    return ScannedFile(
        file=file.file,
        status=file.status,
        reason=None,
        fingerprint=file.fingerprint,
        media=MediaRecord.of(media_info(title=title)),
        probe_version=1,
    )


async def fill(database: Database, *files: ScannedFile) -> Root:
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    async with open_inventory(database, root) as inventory:
        await inventory.save(files)
    return root


async def found(database: Database, q: str) -> set[str]:
    page = await VideoRepository(database).find(VideoQuery(q=q, limit=500))
    assert page.total == len(page.items)
    return {video.path for video in page.items}


async def give_tags(database: Database, tags: Mapping[str, Collection[str]]) -> None:
    page = await VideoRepository(database).find(VideoQuery(limit=500))
    for video in page.items:
        if names := sorted(tags.get(video.path, ())):
            await Annotations(database).edit(video.id, VideoEdit(tags=names), revisions=None)


def is_file_name(text: str) -> bool:
    """Return whether a file system may return this name."""
    return not re.search("[\0\ud800-\udc7f\udd00-\udfff]", text)


# Few letters, so that words match often, and everything that databases treat specially.
letters = st.sampled_from(
    [*"aAbéßİー가が-\"'%_*^:(){}[]\\+.,;~!?|&#@=<>/`$", "😀", "\ufffd", "\u0301"]
)
rubbish = st.characters(exclude_categories=())
texts = st.text(letters | rubbish, min_size=1, max_size=12)
names = texts.filter(lambda text: is_file_name(text) and text.strip("./") and text[0] != "/")
operators = st.sampled_from(
    [*("AND", "OR", "NOT", "NEAR(a b)", "a*", '"', '""', "a:b", "{a}", "^a"), "-", "#", "-#", '-"']
)
tag_names = st.sampled_from(["a", "sea", "Sci-Fi", "sci fi", "été", 'a"b', "a b"])


def is_match(file: ScannedFile, tags: Collection[str], q: str) -> bool:
    """Return whether a video matches by the plain meaning of a search."""
    title = file.media.summary.title or "" if file.media else ""
    texts = (search_lines(file.file.path, title), search_lines(*tags))
    return all(term.matches(texts, [fold(tag) for tag in tags]) for term in parse_search(q))


@dataclass(frozen=True)
class Searched:
    """Files with titles and tags, and what is searched among them."""

    files: dict[str, str | None]
    tags: dict[str, set[str]]
    queries: list[str]


@st.composite
def searched(draw: st.DrawFn) -> Searched:
    files = draw(st.dictionaries(names, texts | st.none(), min_size=1, max_size=6))
    tagged = draw(st.lists(st.sets(tag_names, max_size=2), max_size=6))
    parts = st.sampled_from([*files, *filter(None, files.values())]).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
            lambda ends: text[min(ends) : max(ends)]
        )
    )
    word = st.tuples(
        st.sampled_from(["", "", "-", "#", '"', '-"', "-#", '#"']),
        parts | operators | texts | tag_names,
    ).map("".join)
    words = st.lists(word, min_size=1, max_size=3).map(" ".join)
    queries = draw(st.lists(words, max_size=8))
    return Searched(files, dict(zip(files, tagged, strict=False)), queries)


@settings(
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(library=searched())
@example(library=Searched({"NULL": "AND OR NOT"}, {}, ["and or", '"', "null"]))
async def test_a_search_finds_exactly_what_its_terms_say(
    library: Searched,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    saved = {path: titled(path, title) for path, title in library.files.items()}
    async with new_library() as database:
        await fill(database, *saved.values())
        await give_tags(database, library.tags)
        for q in library.queries:
            expected = {
                path
                for path, file in saved.items()
                if is_match(file, library.tags.get(path, ()), q)
            }
            assert await found(database, q) == expected, q


async def test_words_may_be_in_different_places(database: Database) -> None:
    await fill(database, titled("one/two three.mp4", "Four"), titled("four.mp4", "Five"))
    assert await found(database, "two four") == {"one/two three.mp4"}
    assert await found(database, "four") == {"one/two three.mp4", "four.mp4"}
    # Not across the end of the path into the title.
    assert await found(database, "mp4\nfour five") == {"four.mp4"}
    assert await found(database, "mp4four") == set()


@pytest.mark.parametrize(
    "word",
    [
        *(
            'a"b',
            'so"',
            "AND",
            "OR",
            "NOT",
            "NEAR(a",
            "a*b",
            "ab*",
            "^ab",
            "{ab}:c",
            "ab-",
        ),
        *("100%", "a_b", "it's", "\\x\\", "(a)", "a+b", "a:b", "[a-z]", "abc;--", "😀😀😀", "?1?"),
    ],
)
async def test_what_means_something_to_a_database_is_text(database: Database, word: str) -> None:
    name = f"x{word}y.mp4"
    await fill(database, titled(name), titled("xaby.mp4"), titled("so ab.mp4"), titled("a1b.mp4"))
    assert await found(database, word) == {name}
    assert await found(database, f"{word} mp4") == {name}
    assert await found(database, f"{word}q") == set()


@pytest.mark.parametrize("word", ["e", "ee", "が", "가나", "😀", "é"])
async def test_short_words_work(database: Database, word: str) -> None:
    await fill(database, titled(f"x{word}y.mp4"), titled("other.txt"))
    assert f"x{word}y.mp4" in await found(database, word)
    assert await found(database, f"{word} mp4 xyz") == set()


async def test_many_hits_are_counted_and_paged_like_few(database: Database) -> None:
    await fill(database, *(titled(f"{number:04}.mp4") for number in range(2500)))
    repository = VideoRepository(database)
    for sort in SORTS:
        query = VideoQuery(q="mp4 00", sort=sort, limit=500)
        seen: list[str] = []
        while True:
            page = await repository.find(query)
            assert page.total == sum("00" in f"{number:04}" for number in range(2500))
            seen += [video.path for video in page.items]
            if page.next_cursor is None:
                break
            query = VideoQuery(q="mp4 00", sort=sort, limit=500, cursor=page.next_cursor)
        assert len(seen) == len(set(seen)) == page.total
    assert (await repository.find(VideoQuery(q="mp4"))).total == 2500


@pytest.mark.parametrize(
    ("few", "listed", "many", "soon"),
    [
        (1000, 5000, 20_000, 2),
        (2, 5000, 20_000, 2),
        (2, 5000, 20_000, 0),
        (2, 2, 20_000, 2),
        (2, 2, 3, 2),
    ],
)
async def test_every_way_to_the_hits_leads_to_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int, listed: int, many: int, soon: int
) -> None:
    monkeypatch.setattr(search_module, "_FEW", few)
    monkeypatch.setattr(search_module, "_LISTED", listed)
    monkeypatch.setattr(search_module, "_LISTED_TOGETHER", listed)
    monkeypatch.setattr(search_module, "_MANY", many)
    monkeypatch.setattr(repository_module, "_SOON", soon)
    monkeypatch.setattr(repository_module, "_FIRST_ROWS", many)
    monkeypatch.setattr(repository_module, "_SPARSE_PAGES", 0 if many == 3 else 5)
    names = [f"{number}{kind}.mp4" for kind in ("ok", "bad", "gone") for number in range(6)]
    root = await fill(
        database,
        *(titled(name) if "bad" not in name else bad(FoundFile(name, 1, 1)) for name in names),
    )
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile(name, 1, 1) for name in names if "gone" not in name])
        await inventory.compare()
        await inventory.mark_missing()
    repository = VideoRepository(database)
    kinds = {VideoStatus.OK: "ok", VideoStatus.BAD: "bad", VideoStatus.MISSING: "gone"}
    statuses = ({VideoStatus.OK}, {VideoStatus.BAD}, set(kinds), {VideoStatus.MISSING})
    texts = ("mp4", "mp4 3", "ok.mp4", "3ok.mp4", "mp4 ok.", "bad mp4", "3 4", "p4", "p4 -3")
    # Each text with each sort, and both with each of the statuses.
    for (place, q), (shift, sort) in itertools.product(enumerate(texts), enumerate(SORTS)):
        wanted = statuses[(place + shift) % len(statuses)]
        expected = {
            name
            for name in names
            if all((word.strip("-") in name) is ("-" not in word) for word in q.split())
            and any(kind in name for status, kind in kinds.items() if status in wanted)
        }
        page = await repository.find(
            VideoQuery(q=q, status=frozenset(wanted), sort=sort, limit=500)
        )
        assert {video.path for video in page.items} == expected
        assert page.total == len(page.items) == len(expected)
        first = await repository.find(VideoQuery(q=q, status=frozenset(wanted), sort=sort, limit=1))
        assert first.items == page.items[:1]
        if first.next_cursor is not None:
            after = VideoQuery(
                q=q, status=frozenset(wanted), sort=sort, limit=1, cursor=first.next_cursor
            )
            assert (await repository.find(after)).items == page.items[1:2]
        deep = await repository.find(
            VideoQuery(q=q, status=frozenset(wanted), sort=sort, offset=2, limit=3)
        )
        assert deep.items == page.items[2:5]


async def test_what_is_removed_or_renamed_is_found_no_more(database: Database) -> None:
    root = await fill(database, titled("before.mp4"), titled("other.mp4"))
    repository = VideoRepository(database)
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile("after.mp4", 1, 1), FoundFile("other.mp4", 1, 1)])
        await inventory.compare()
        await inventory.set_fingerprints({"after.mp4": "'before.mp4'"})
        assert await inventory.apply_moves(await inventory.possible_moves()) == 1
    assert await found(database, "before") == set()
    assert await found(database, "after") == {"after.mp4"}
    (video,) = (await repository.find(VideoQuery(q="after"))).items
    await repository.delete(video.id)
    assert await found(database, "after") == set()
    await check_index(database)


async def test_a_change_of_nothing_searched_leaves_the_index_alone(database: Database) -> None:
    await fill(database, titled("a film.mp4"))
    if not database.is_sqlite:
        pytest.skip("the index is that of SQLite")
    segments = sa.text("SELECT count(*), sum(length(block)) FROM video_search_data")
    async with database.read() as connection:
        before = (await connection.execute(segments)).one()
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(size_bytes=2))
        await connection.execute(sa.update(videos).values(searchable=videos.c.searchable))
    async with database.read() as connection:
        assert (await connection.execute(segments)).one() == before


async def check_index(database: Database) -> None:
    """Check the index: https://sqlite.org/fts5.html#the_integrity_check_command."""
    if database.is_sqlite:
        check = "INSERT INTO video_search (video_search, rank) VALUES ('integrity-check', 1)"
        async with database.write() as connection:
            await connection.execute(sa.text(check))


async def test_a_search_does_not_wait_for_what_writes(database: Database) -> None:
    root = await fill(database, titled("before.mp4"))
    async with database.write() as connection:
        await connection.execute(sa.update(videos).values(searchable="after.mp4", labels="x"))
        with anyio.fail_after(10):
            assert await found(database, "before") == {"before.mp4"}
            assert await found(database, "after") == set()
    assert await found(database, "after") == {"before.mp4"}
    assert await VideoRepository(database).count_known(root, "") == 1


LIBRARY = {
    "Ocean\u2019s Eleven.mp4": {"Heist"},
    "Spider\u2013Man.mp4": {"Sci-Fi", "New York"},
    "the spider man of york.mp4": {"new"},
    "holiday #beach.mp4": set[str](),
    "Bea\u00adch.mp4": {"beach"},
}


@pytest.fixture(scope="module")
async def searched_library(database_of_module: Database) -> Database:
    """Fill the library of the module once, for tests that follow each other and change nothing."""
    await delete_rows(database_of_module)
    await fill(database_of_module, *map(titled, LIBRARY))
    await give_tags(database_of_module, LIBRARY)
    return database_of_module


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("ocean's", {0}),
        ("spider-man", {1, 2}),
        ('"spider man"', {1, 2}),
        ('"man spider"', set()),
        ("man spider", {1, 2}),
        ('"new york', {1}),
        ("\u201cNew\u00a0York\u201d", {1}),
        ("york new", {1, 2}),
        ("-spider", {0, 3, 4}),
        ("spider -york", set()),
        ('spider -"new york"', {2}),
        ('spider -"of york"', {1}),
        ("#beach", {3, 4}),
        ("beach -#beach", set()),
        ("#sci-fi", {1}),
        ('#"sci fi"', set()),  # another tag
        ("#new-york", {1}),
        ("#new", {2}),
        ("-#heist -#new -beach", {1}),
        ('""', {0, 1, 2, 3, 4}),
        ('-""', {0, 1, 2, 3, 4}),
        ("\u00ad", {0, 1, 2, 3, 4}),
        ("#", {3}),
        ("ma -x", {1, 2}),
        ("-m", set()),
    ],
)
async def test_phrases_tags_and_exclusions(
    searched_library: Database, q: str, expected: set[int]
) -> None:
    paths = list(LIBRARY)
    assert await found(searched_library, q) == {paths[place] for place in expected}


async def test_a_tag_is_not_looked_for_in_every_row(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("the index is that of SQLite")
    await fill(database, *map(titled, LIBRARY))
    async with database.read() as connection:
        hits = await search_module.search(connection, "#beach -heist")
        statement = sa.select(sa.func.count()).select_from(videos).where(hits.condition)
        assert "instr" not in str(statement.compile(dialect=connection.dialect))
