"""The properties of each kind of job."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import stoat_ferret
from stoat_ferret.job_kinds import JOB_KINDS
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.pictures.storyboard_job import StoryboardPhase, StoryboardResult
from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.scan.result import ScanPhase, ScanResult

PACKAGE = Path(stoat_ferret.__file__).parent


def test_each_kind_has_a_name_for_people() -> None:
    assert {name: kind.label for name, kind in JOB_KINDS.items()} == {
        "scan": "Scan",
        "storyboard": "Preview thumbnails",
        "render": "Render",
    }


PHASES = {"scan": ScanPhase, "storyboard": StoryboardPhase, "render": RenderPhase}


def test_each_phase_that_a_kind_reports_has_a_label() -> None:
    assert {name: set(kind.phases) for name, kind in JOB_KINDS.items()} == {
        name: set(phases) for name, phases in PHASES.items()
    }


def test_phases_are_reported_by_their_names_alone() -> None:
    """Else a phase could lack a label: mypy compares the types where it is not a literal."""
    literals = [
        f"{file.name}:{call.lineno}"
        for file in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "phase" and isinstance(keyword.value, ast.Constant)
    ]
    assert literals == []


def test_each_count_of_a_result_has_words() -> None:
    results = {"scan": ScanResult("r").as_json(), "storyboard": StoryboardResult().as_json()}
    for name, result in results.items():
        counts = {field for field, value in result.items() if type(value) is int}
        assert set(JOB_KINDS[name].counts) == counts


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
