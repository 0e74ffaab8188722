"""A server with a few clips, shared by the tests of one module."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import structlog
from tests.clips import make_clip, small_clips
from tests.integration.api.server import RunningServer, running_server

from stoat_ferret.config import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Keep logs of servers out of the output of the tests."""
    configuration = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**configuration)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with good and bad files, hidden ones, links and names that are not UTF-8."""
    root = tmp_path_factory.mktemp("films")
    small_clips(root / "small", 3)
    (root / "small" / "deep").mkdir()
    (root / ".hidden").mkdir()
    (root / "empty").mkdir()
    (root / "broken.mp4").write_bytes(b"this is no video")
    strange = os.fsdecode(b"caf\xe9")
    (root / strange).mkdir()
    shutil.copy(make_clip("small-0.mp4"), root / strange / os.fsdecode(b"\xff\xfe.mp4"))
    (root / "inside").symlink_to(root / "small", target_is_directory=True)
    (root / "outside").symlink_to("/", target_is_directory=True)
    return root


@pytest.fixture(scope="module")
def settings(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for that root; a module may override them."""
    data_dir = tmp_path_factory.mktemp("data")
    return load_settings(roots=(library,), data_dir=data_dir, port=0, shutdown_grace_seconds=0.5)


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[RunningServer]:
    """Run a server."""
    with running_server(settings) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """Open a client of that server."""
    with server.client() as client:
        yield client
