"""The gate and the test of the event loop detect faults that hold the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.faults.detection import Tree, detect_among, detect_by_gate, detect_by_test
from tests.integration.faults.fault import FAULTS, Edit, Fault

if TYPE_CHECKING:
    from pathlib import Path


def planted(fault: Fault, folder: Path) -> Tree:
    """Return a copy of the repository with the fault in it."""
    tree = Tree.copy(folder / "copy")
    fault.plant(tree.path)
    return tree


def test_the_gate_notices_each_of_several_faults_and_nothing_elsewhere(tmp_path: Path) -> None:
    tree = Tree.copy(tmp_path / "copy")
    faults = [fault for fault in FAULTS if fault.path]
    for fault in faults:
        fault.plant(tree.path)
    code, findings = tree.run_gate()
    for fault in faults:
        detection = detect_among(fault, code, findings)
        assert detection.is_detected, f"{fault}: {detection.output}"
    # The real gate runs beside this test, on the repository itself.
    changed = {edit.path for fault in faults for edit in fault.edits}
    changed |= {fault.new_path for fault in faults}
    others = [one for one in findings if one["path"] not in changed]
    assert others == []


@pytest.mark.soak
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.path], ids=str)
def test_the_gate_notices(fault: Fault, tmp_path: Path) -> None:
    detection = detect_by_gate(fault, planted(fault, tmp_path))
    assert detection.is_detected, detection.output


@pytest.mark.serial
@pytest.mark.parametrize(
    "fault",
    # The gate detects the others: this one proves in a usual run that the test is not blind.
    [
        pytest.param(fault, id=fault.name, marks=[pytest.mark.soak] if fault.path else [])
        for fault in FAULTS
        if fault.test
    ],
)
def test_the_test_of_the_event_loop_notices(fault: Fault, tmp_path: Path) -> None:
    detection = detect_by_test(fault, planted(fault, tmp_path))
    assert detection.is_detected, detection.output


def test_a_fault_that_has_no_place_any_more_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("one = 1\n")
    with pytest.raises(AssertionError, match="has 0 times what the fault replaces"):
        Edit("file.py", "two = 2\n", "").apply(tmp_path)
