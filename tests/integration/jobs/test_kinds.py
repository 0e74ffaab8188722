"""The services of a server run each kind of job that they list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.job_kinds import JOB_KINDS

if TYPE_CHECKING:
    from pathlib import Path


async def test_each_kind_that_is_listed_has_a_handler(tmp_path: Path) -> None:
    """A job of a kind without a handler raises `UnknownJobKindError`."""
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, shutdown_grace_seconds=0)
    async with open_services(settings) as services:
        for name in JOB_KINDS:
            assert (await services.queue.submit(name, {})).kind == name
