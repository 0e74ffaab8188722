"""The properties of each kind of job."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import stoat_ferret
from stoat_ferret.edits.job import EditResult, UndoResult
from stoat_ferret.job_kinds import JOB_KINDS
from stoat_ferret.jobs.job import Job, JobStatus
from stoat_ferret.pictures.storyboard_job import StoryboardResult
from stoat_ferret.render.run.batch import BatchResult
from stoat_ferret.render.run.result import RenderResult
from stoat_ferret.scan.result import ScanResult

PACKAGE = Path(stoat_ferret.__file__).parent


def test_each_kind_has_a_name_for_people() -> None:
    assert {name: kind.label for name, kind in JOB_KINDS.items()} == {
        "scan": "Scan",
        "storyboard": "Preview thumbnails",
        "render": "Render",
        "render-batch": "Batch render",
        "edit-videos": "Bulk edit",
        "undo-edit": "Undo of a bulk edit",
    }


def test_each_kind_that_the_program_defines_is_listed() -> None:
    """A kind with a handler alone would run, but lack its words and its place in the events."""
    defined = [
        keyword.value.value
        for file in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "JobKind"
        for keyword in call.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]
    assert sorted(map(str, defined)) == sorted(JOB_KINDS)


def test_each_phase_that_a_kind_reports_has_a_label() -> None:
    labelled = [type(phase) for kind in JOB_KINDS.values() for phase in set(kind.phases)]
    for kind in JOB_KINDS.values():
        (phases,) = {type(phase) for phase in kind.phases}
        assert issubclass(phases, StrEnum), kind.name
        assert set(kind.phases) == set(phases)
        assert labelled.count(phases) == len(phases), "two kinds share their phases"


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


RESULTS = {
    "scan": ScanResult("r").as_json(),
    "storyboard": StoryboardResult().as_json(),
    "render": RenderResult().as_json(),
    "render-batch": BatchResult().as_json(),
    "edit-videos": EditResult().as_json(),
    "undo-edit": UndoResult().as_json(),
}


def test_each_count_of_a_result_has_words() -> None:
    assert RESULTS.keys() == JOB_KINDS.keys()
    for name, result in RESULTS.items():
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
    assert {"scan:parts:films:a/b", "scan:parts:films:"} < deep
    whole = {"scan:r:films:", "scan:rf:films:", "scan:parts:films:"}
    assert not deep & scan.keys_over("films", "other/c.mp4") - whole
    assert not deep & scan.keys_over("photos", "a/b/c.mp4")
    assert {"storyboard", "storyboard:folder:films:a"} < storyboard.keys_over("films", "a/c.mp4")
