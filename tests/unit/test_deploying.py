"""The files in `deploy/`, against the program that they run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stoat_ferret.api.metrics import Metrics
from stoat_ferret.config import Settings
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.loop_watch import LoopAnswer

TOP = Path(__file__).resolve().parents[2]
DEPLOY = TOP / "deploy"
UNIT = DEPLOY / "stoat-ferret.service"
OF_COMPOSE = {"STOAT_MEDIA", "STOAT_PUBLISHED_PORT"}
"""The variables of the compose files themselves."""


def test_every_variable_is_a_setting() -> None:
    known = {f"STOAT_{name.upper()}" for name in Settings.model_fields}
    known |= {"STOAT_ROOTS", "STOAT_DATA_DIR"} | OF_COMPOSE
    files = [*DEPLOY.iterdir(), TOP / "docs" / "deploying.md"]
    for file in files:
        named = set(re.findall(r"STOAT_[A-Z_]+", file.read_text("utf-8")))
        assert named <= known, (file.name, named - known)


def test_the_image_gets_what_it_copies() -> None:
    lines = (TOP / ".dockerignore").read_text().splitlines()
    for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
        assert (TOP / name).exists(), name
    for name in re.findall(r"requirements/[a-z]+\.txt", (DEPLOY / "Containerfile").read_text()):
        assert (TOP / name).exists(), name


def test_the_image_holds_the_versions_that_are_tested() -> None:
    tested, shipped = (pins(TOP / "requirements" / name) for name in ("dev.txt", "container.txt"))
    assert shipped.items() <= tested.items()
    assert {"psycopg", "apprise", "av"} <= shipped.keys()


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def test_the_dashboard_asks_for_figures_that_there_are() -> None:
    metrics = Metrics()
    metrics.observe_request("GET", "/", 200, 0.1)
    metrics.observe_probe(0.1, "ok")
    metrics.observe_loop(LoopAnswer(0.1, 0.1, is_hold=True))
    statuses = dict.fromkeys(JobStatus, 1)
    text = metrics.render(jobs=statuses, files_per_second=1.0, event_streams=1).decode()
    known = set(re.findall(r"^([a-z_]+)", text, re.MULTILINE))
    asked = [
        target["expr"]
        for panel in json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]
        for target in panel["targets"]
    ]
    assert len(asked) > 10
    for expression in asked:
        (name,) = re.findall(r"\b((?:stoat|process)_[a-z_]+)\{", expression)
        assert name in known, expression
        for status in re.findall(r'status=~"([a-z_|]+)"', expression):
            assert set(status.split("|")) <= {str(one.value) for one in JobStatus}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd")
def test_the_service_has_few_rights() -> None:
    command = ("systemd-analyze", "security", "--offline=true", "--threshold=30", str(UNIT))
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout.splitlines()[-1:]
