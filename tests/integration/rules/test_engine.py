"""Rules run once for each video and version, on what happens after they were made."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad

from stoat_ferret.errors import RuleRefusedError
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.query import VideoFilter, VideoList
from stoat_ferret.library.searches import SearchRepository
from stoat_ferret.library.tables import rule_candidates, rule_runs, undos, videos
from stoat_ferret.library.video import FoundFile
from stoat_ferret.rules.batches import BATCH_VIDEOS
from stoat_ferret.rules.preview import preview_rule
from stoat_ferret.rules.store import RuleChange

if TYPE_CHECKING:
    from tests.integration.rules.conftest import RuleHarness

    from stoat_ferret.rules.store import Rule

TAG = {"add_tags": ["seen"]}
MANY = 10_000


async def test_a_rule_tags_what_is_added_after_it_was_made(harness: RuleHarness) -> None:
    await harness.save("old.mp4")
    rule = await harness.add("added", TAG)
    await harness.save("new.mp4")
    await harness.settle()
    assert await harness.tagged("seen") == ["new.mp4"]
    assert await harness.runs(rule) == [("new.mp4", "done")]
    await harness.save("new.mp4", fingerprint="other", mtime=2)
    await harness.save("old.mp4", fingerprint="other", mtime=2)
    await harness.settle()
    assert await harness.runs(rule) == [("new.mp4", "done")], "each is added once"
    async with harness.database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(undos)) == 1


async def test_an_added_video_waits_until_it_passes_the_filter(harness: RuleHarness) -> None:
    rule = await harness.add("added", TAG, filter={"folder": "camera", "min_height": 720})
    await save(harness.database, harness.root, bad(FoundFile("camera/a.mp4", 1, 1)))
    await harness.save("b.mp4")
    await harness.settle()
    assert await harness.runs(rule) == []
    await harness.save("camera/a.mp4", size=2)
    await harness.settle()
    assert await harness.runs(rule) == [("a.mp4", "done")]


async def test_changed_content_and_unreadable_files_have_rules(harness: RuleHarness) -> None:
    await harness.save("a.mp4", fingerprint="one")
    changed = await harness.add("changed", {"add_tags": ["changed"]})
    failed = await harness.add("failed", {"add_tags": ["failed"]})
    await harness.save("a.mp4", fingerprint="one", mtime=2)
    await harness.settle()
    assert await harness.runs(changed) == [], "its content is the same"
    for fingerprint in ("two", "three", "two"):
        await harness.save("a.mp4", fingerprint=fingerprint)
        await harness.settle()
    assert await harness.runs(changed) == [("a.mp4", "done")] * 2, "once for each content"
    for mtime in (3, 3, 4):
        await save(harness.database, harness.root, bad(FoundFile("b.mp4", 1, mtime)))
        await harness.settle()
    assert await harness.runs(failed) == [("b.mp4", "done")] * 2, "once for each state of the file"


async def test_a_rule_runs_on_what_begins_to_match(harness: RuleHarness) -> None:
    searches = SearchRepository(harness.database)
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        await harness.save(name)
    edits = Annotations(harness.database)
    await edits.edit(await harness.id_of("a.mp4"), VideoEdit(rating=5), revisions=None)
    search = await searches.add("Good", VideoList(min_rating=4))
    rule = await harness.add("matches", TAG, search_id=search.id)
    for name in ("a.mp4", "b.mp4"):
        await edits.edit(await harness.id_of(name), VideoEdit(rating=4), revisions=None)
        await harness.settle()
    assert await harness.runs(rule) == [("b.mp4", "done")], "the other one matched before"
    await edits.edit(await harness.id_of("c.mp4"), VideoEdit(rating=3), revisions=None)
    await harness.settle()
    await searches.change(search.id, query=VideoList(min_rating=3))
    await harness.settle()
    await edits.edit(await harness.id_of("c.mp4"), VideoEdit(notes="x", rating=4), revisions=None)
    await harness.settle()
    assert await harness.runs(rule) == [("b.mp4", "done")], "the search found it before"
    await searches.change(search.id, query=VideoList(favourite=True))
    await harness.save("d.mp4")
    await harness.settle()
    # A row of annotations, so that the mark is an update of one.
    for edit in (VideoEdit(notes="x"), VideoEdit(favourite=True)):
        await edits.edit(await harness.id_of("d.mp4"), edit, revisions=None)
        await harness.settle()
    assert await harness.runs(rule) == [("b.mp4", "done"), ("d.mp4", "done")]
    await searches.delete(search.id)
    await harness.settle()
    assert (await harness.store.get(rule.id)).problem is not None


async def test_a_rule_that_was_off_begins_anew(harness: RuleHarness) -> None:
    rule = await harness.add("added", TAG)
    await harness.store.change(rule.id, RuleChange(enabled=False))
    await harness.save("a.mp4")
    await harness.settle()
    async with harness.database.read() as connection:
        candidates = sa.select(sa.func.count()).select_from(rule_candidates)
        assert await connection.scalar(candidates) == 0, "nobody looks at it"
    await harness.store.change(rule.id, RuleChange(enabled=True))
    await harness.save("b.mp4")
    await harness.save("a.mp4", fingerprint="other")
    await harness.settle()
    assert await harness.runs(rule) == [("b.mp4", "done")]


async def test_what_a_dry_run_tells_is_what_happens(harness: RuleHarness) -> None:
    for number in range(3):
        await harness.save(f"sea/{number}.mp4")
    await harness.save("other.mp4")
    await Annotations(harness.database).edit(
        await harness.id_of("sea/0.mp4"), VideoEdit(tags=["seen"]), revisions=None
    )
    actions = {"storyboard": True, "render": {"preset": "proxy"}, **TAG}
    probe = await harness.add("matches", actions, filter={"folder": "sea"})
    for rule_id in (None, probe.id):
        told = await preview_rule(harness.database, probe.definition, rule_id=rule_id)
        assert [one.name for one in told.videos] == ["0.mp4", "1.mp4", "2.mp4"]
        numbers = (told.count, told.storyboards, told.renders, told.tagged, told.jobs)
        assert numbers == (3, 3, 3, 2, 2)
    await harness.settle()
    assert (await harness.runs(probe), harness.jobs) == ([], []), "a dry run does nothing"
    await harness.store.change(probe.id, RuleChange(include_existing=True))
    await harness.settle()
    assert [name for name, _ in await harness.runs(probe)] == [one.name for one in told.videos]
    assert len(await harness.tagged("seen")) == 3
    assert sorted((kind, len(ids)) for kind, ids in harness.jobs) == [
        ("render-batch", told.renders),
        ("storyboard", told.storyboards),
    ]
    again = await preview_rule(harness.database, probe.definition, rule_id=probe.id)
    assert again.count == 0, "it ran on them"


async def test_what_rules_render_triggers_no_rule(harness: RuleHarness) -> None:
    rule = await harness.add("added", {"render": {"preset": "proxy", "folder": "proxies"}})
    other = await harness.add("matches", TAG, filter={"min_height": 1})
    harness.may_end.clear()
    await harness.save("a.mp4")
    while not harness.jobs:
        await harness.engine.step()
        await asyncio.sleep(0)
    # A scan finds the file before the render has recorded it.
    path = f"proxies/{await harness.id_of('a.mp4')}.mp4"
    await save(harness.database, harness.output, video(path))
    while await harness.engine.step():
        pass
    harness.may_end.set()
    await harness.settle()
    assert await harness.runs(rule) == await harness.runs(other) == [("a.mp4", "done")]
    # A retry of its job is another job, of the same rule.
    (job,) = (await harness.queue.list(kind="render-batch")).items
    await harness.save("b.mp4")
    assert job.params["folder"] == "proxies"
    params = {**job.params, "video_ids": [await harness.id_of("b.mp4")]}
    await harness.queue.submit("render-batch", params, key=job.key)
    await harness.settle()
    assert [name for name, _ in await harness.runs(rule)] == ["a.mp4", "b.mp4"]
    assert len(harness.jobs) == 3
    # It is a file like any other once it has other content.
    await save(harness.database, harness.output, video(path, fingerprint="edited"))
    await harness.settle()
    assert (PurePath(path).name, "done") in await harness.runs(other)


async def test_ten_thousand_matches_queue_one_batch_at_a_time(harness: RuleHarness) -> None:
    names = [video(f"{number}.mp4") for number in range(BATCH_VIDEOS + 1)]
    await save(harness.database, harness.root, *names)
    harness.may_end.clear()
    actions = {"storyboard": True, "render": {"preset": "proxy"}, **TAG}
    rule = await harness.add("added", actions, include_existing=True)
    await have_waiting(harness, rule, MANY - BATCH_VIDEOS - 1)
    while await harness.engine.step():
        pass
    active = await JobStore(harness.database).active()
    assert sorted(job.kind for job in active) == ["render-batch", "storyboard"]
    assert [len(job.params["video_ids"]) for job in active] == [BATCH_VIDEOS] * 2
    assert await harness.states() == {"running": BATCH_VIDEOS, "waiting": MANY - BATCH_VIDEOS}
    assert not await harness.engine.step(), "nothing is due until the jobs have ended"
    for job in active:
        await harness.queue.cancel(job.id)
    while not await harness.engine.step():  # noqa: ASYNC110  it is the step that is awaited
        await asyncio.sleep(0)
    assert (await harness.states())["failed"] == BATCH_VIDEOS


async def have_waiting(harness: RuleHarness, rule: Rule, count: int) -> None:
    """Have a rule wait for `count` more videos, which need no records for that."""
    row = {"rule_id": rule.id, "version": "", "state": "waiting", "changed_at": rule.since}
    rows = [{**row, "video_id": f"video-{number}"} for number in range(count)]
    async with harness.database.write(durable=False) as connection:
        await connection.execute(sa.insert(rule_runs), rows)


async def test_the_next_process_continues_where_one_was_killed(harness: RuleHarness) -> None:
    rule = await harness.add("added", {"storyboard": True, **TAG})
    await harness.save("a.mp4")
    harness.may_end.clear()
    for _ in range(3):  # with the video to look at, with a batch, and with its job running
        async with harness.process():
            await harness.engine.step()
    harness.may_end.set()
    async with harness.process():
        await harness.settle()
    assert await harness.runs(rule) == [("a.mp4", "done")]
    assert (await harness.queue.list()).total == 1
    async with harness.database.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(undos)) == 1


async def test_failures_belong_to_their_videos(harness: RuleHarness) -> None:
    await harness.save("full.mp4")
    await harness.save("gone.mp4")
    full = VideoEdit(tags=[f"tag {number}" for number in range(100)])
    await Annotations(harness.database).edit(await harness.id_of("full.mp4"), full, revisions=None)
    rule = await harness.add("added", TAG, include_existing=True)
    async with harness.database.write() as connection:
        await connection.execute(sa.delete(videos).where(videos.c.name == "gone.mp4"))
    await harness.settle()
    runs = (await harness.store.runs(rule.id)).items
    assert [(run.name, run.state) for run in runs] == [(None, "failed"), ("full.mp4", "failed")]
    assert runs[0].error is not None
    assert "library" in runs[0].error
    assert runs[1].error is not None
    assert "100 tags" in runs[1].error
    harness.fails = True
    failing = await harness.add("added", {"render": {"preset": "proxy"}})
    await harness.save("new.mp4")
    await harness.settle()
    (run,) = (await harness.store.runs(failing.id, state="failed")).items
    assert run.error is not None
    assert "RuntimeError" in run.error


async def test_existing_videos_have_not_changed(harness: RuleHarness) -> None:
    with pytest.raises(RuleRefusedError):
        await harness.add("changed", TAG, include_existing=True)
    assert await harness.store.find() == []


async def test_pages_of_runs_are_newest_first(harness: RuleHarness) -> None:
    rule = await harness.add("added", TAG)
    for number in range(5):
        await harness.save(f"{number}.mp4")
    await harness.settle()
    seen: list[str | None] = []
    cursor = None
    while True:
        page = await harness.store.runs(rule.id, limit=2, cursor=cursor)
        assert page.total == 5
        seen += [run.name for run in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [f"{number}.mp4" for number in reversed(range(5))]
    assert (await harness.store.get(rule.id)).counts == {"done": 5}
    assert (await harness.store.get(rule.id)).definition.filter in (None, VideoFilter())
