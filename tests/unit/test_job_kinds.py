"""The properties of each kind of job."""

from __future__ import annotations

from datetime import UTC, datetime

from stoat_ferret.job_kinds import JOB_KINDS
from stoat_ferret.jobs.job import Job, JobStatus


def test_each_kind_has_a_name_for_people() -> None:
    assert {name: kind.label for name, kind in JOB_KINDS.items()} == {
        "scan": "Scan",
        "storyboard": "Preview thumbnails",
        "render": "Render",
    }


def test_a_job_that_did_nothing_changed_nothing() -> None:
    now = datetime.now(UTC)
    for name, kind in JOB_KINDS.items():
        job = Job(id="a", kind=name, params={}, created_at=now, status=JobStatus.CANCELLED)
        change = kind.change(job)
        assert change is None or not any(change.counts.values()), name


def test_a_job_over_a_folder_covers_the_files_below_it() -> None:
    scan, storyboard = JOB_KINDS["scan"], JOB_KINDS["storyboard"]
    deep = scan.keys_over("films", "a/b/c.mp4")
    assert {"scan:r:films:a", "scan:rf:films:", "scan::films:a/b"} < deep
    assert not deep & scan.keys_over("films", "other/c.mp4") - {"scan:r:films:", "scan:rf:films:"}
    assert not deep & scan.keys_over("photos", "a/b/c.mp4")
    assert {"storyboard", "storyboard:folder:films:a"} < storyboard.keys_over("films", "a/c.mp4")
