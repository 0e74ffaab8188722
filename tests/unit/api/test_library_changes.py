"""Events about changes of the library."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from stoat_ferret.api.events import LibraryChanges
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.jobs.job import Job, JobStatus, Progress
from stoat_ferret.pictures.storyboard_job import STORYBOARD
from stoat_ferret.render.run.job import RENDER
from stoat_ferret.scan.job import SCAN

SCAN_JOB = Job(
    id="a",
    kind=SCAN.name,
    status=JobStatus.RUNNING,
    params={},
    created_at=datetime(2026, 1, 31, tzinfo=UTC),
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def scan_at(done: int, *, status: JobStatus = JobStatus.RUNNING) -> Job:
    return replace(SCAN_JOB, status=status, progress=Progress(done=done, total=10))


def test_the_first_change_is_told_at_once_and_the_next_a_second_later() -> None:
    clock = Clock()
    changes = LibraryChanges(clock=clock)
    changes.see(scan_at(1))
    assert [event.done for event in changes.take()] == [1]
    changes.see(scan_at(2))
    clock.now += 0.25
    assert changes.take() == []
    assert changes.seconds_left == 0.75
    changes.see(scan_at(3))
    clock.now += 0.75
    assert [event.done for event in changes.take()] == [3]


def test_nothing_is_told_while_nothing_changes() -> None:
    changes = LibraryChanges(clock=Clock())
    assert changes.seconds_left is None
    changes.see(scan_at(0))
    changes.see(replace(SCAN_JOB, progress=Progress(phase="counting", current="clip.mp4")))
    changes.see(replace(scan_at(5), kind="render"))
    assert changes.take() == []


def test_progress_that_was_told_is_not_told_again() -> None:
    clock = Clock()
    changes = LibraryChanges(clock=clock)
    changes.see(scan_at(1))
    changes.take()
    clock.now += 5
    changes.see(scan_at(1))
    assert changes.take() == []


def test_the_end_of_a_scan_is_told_with_what_it_did() -> None:
    changes = LibraryChanges(clock=Clock())
    ended = replace(
        scan_at(10, status=JobStatus.CANCELLED),
        result={"root": "x", "added": 9, "failed": 1, "elapsed_seconds": 0.5, "errors": []},
    )
    changes.see(ended)
    (event,) = changes.take()
    assert event.finished
    assert event.counts == {"added": 9, "failed": 1}


def test_what_a_render_added_is_told_when_it_has_ended() -> None:
    changes = LibraryChanges(clock=Clock())
    render = replace(SCAN_JOB, kind=RENDER.name, result={"outputs": [{"video_id": "v"}]})
    changes.see(render)
    assert changes.take() == []
    changes.see(replace(render, status=JobStatus.FAILED, result=None))
    changes.see(replace(render, status=JobStatus.SUCCEEDED, result={"outputs": []}))
    assert changes.take() == []
    changes.see(replace(render, status=JobStatus.SUCCEEDED))
    (event,) = changes.take()
    assert (event.job_id, event.finished, event.counts) == ("a", True, {"added": 1})


def test_storyboards_are_told_of_when_their_job_has_ended() -> None:
    changes = LibraryChanges(clock=Clock())
    storyboards = replace(
        SCAN_JOB, kind=STORYBOARD.name, result={"found": 3, "made": 2, "failed": 1}
    )
    changes.see(storyboards)
    changes.see(replace(storyboards, status=JobStatus.FAILED, result={"found": 1, "made": 0}))
    changes.see(replace(storyboards, status=JobStatus.FAILED, result=None))
    assert changes.take() == []
    changes.see(replace(storyboards, status=JobStatus.CANCELLED))
    (event,) = changes.take()
    assert (event.job_id, event.finished, event.counts) == ("a", True, {"storyboards": 2})


def test_what_people_do_is_told_in_one() -> None:
    clock = Clock()
    changes = LibraryChanges(clock=clock)
    changes.add(LibraryEvent.from_person(edited=1))
    assert [event.counts for event in changes.take()] == [{"edited": 1}]
    changes.add(LibraryEvent.from_person(edited=2))
    changes.see(scan_at(1))
    changes.add(LibraryEvent.from_person(removed=1, edited=3))
    assert changes.take() == []
    clock.now += 1
    of_people, of_scan = changes.take()
    assert (of_people.job_id, of_people.counts) == (None, {"edited": 5, "removed": 1})
    assert of_scan.job_id == "a"


def test_each_scan_is_told_of() -> None:
    changes = LibraryChanges(clock=Clock())
    changes.see(scan_at(1))
    changes.see(replace(scan_at(2), id="b"))
    assert {event.job_id for event in changes.take()} == {"a", "b"}
