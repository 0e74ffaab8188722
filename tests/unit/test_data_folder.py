"""One owner per data folder."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import filelock
import pytest

from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import ConfigurationError, DataFolderInUseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "http://127.0.0.1:8765"

HOLD = """
import sys
from pathlib import Path
from stoat_ferret.data_folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
with folder.acquire("stoat-ferret serve"):
    folder.publish_server(sys.argv[2])
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that owns `path` and serves at `URL`."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), URL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_creates_the_folder_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    with DataFolder(path).acquire("stoat-ferret scan"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        for file in path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        with (
            pytest.raises(DataFolderInUseError) as caught,
            DataFolder(tmp_path).acquire("stoat-ferret serve"),
        ):
            pass
        assert f"`stoat-ferret serve` (process {process.pid}) at {URL}" in str(caught.value)
        assert DataFolder(tmp_path).running_server() == URL


def test_killing_the_owner_frees_the_folder(tmp_path: Path) -> None:
    with another_process(tmp_path) as process:
        process.kill()
        process.wait()
        assert (tmp_path / "owner.json").exists()
        assert DataFolder(tmp_path).running_server() is None
        assert not (tmp_path / "owner.json").exists()
        with DataFolder(tmp_path).acquire("stoat-ferret serve"):
            pass


def test_an_owner_that_does_not_serve_is_no_server(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.acquire("stoat-ferret scan"):
        owner = DataFolder(tmp_path).owner()
        assert owner is not None
        assert (owner.purpose, owner.pid, owner.url) == ("stoat-ferret scan", os.getpid(), None)
        assert folder.running_server() is None


def test_nothing_is_left_after_a_clean_end(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.acquire("stoat-ferret serve"):
        folder.publish_server(URL)
        assert json.loads((tmp_path / "owner.json").read_text())["url"] == URL
    assert [file.name for file in tmp_path.iterdir()] == ["lock"]
    assert folder.running_server() is None


def test_asking_creates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none"
    assert DataFolder(path).running_server() is None
    assert not path.exists()


def test_asking_all_the_time_never_takes_the_folder_from_an_owner(tmp_path: Path) -> None:
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            DataFolder(tmp_path).owner()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            with DataFolder(tmp_path).acquire("stoat-ferret serve"):
                pass
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_process_that_only_asks_for_long_is_no_owner(tmp_path: Path) -> None:
    with filelock.FileLock(tmp_path / "lock", thread_local=False) as asker:
        threading.Timer(0.4, asker.release, kwargs={"force": True}).start()
        with DataFolder(tmp_path).acquire("stoat-ferret serve"):
            pass


@pytest.mark.parametrize("rubbish", ["", "null", "[1]", '{"pid": "x"}', "\udcff"])
def test_a_damaged_note_is_as_good_as_none(tmp_path: Path, rubbish: str) -> None:
    folder = DataFolder(tmp_path)
    with folder.acquire("stoat-ferret serve"):
        (tmp_path / "owner.json").write_bytes(rubbish.encode("utf-8", "surrogateescape"))
        assert DataFolder(tmp_path).running_server() is None
        with pytest.raises(DataFolderInUseError, match="another stoat-ferret process"):
            DataFolder(tmp_path).acquire("stoat-ferret serve").__enter__()


def test_a_folder_that_cannot_be_made_is_a_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ConfigurationError, match="STOAT_DATA_DIR"),
        DataFolder(tmp_path / "file" / "data").acquire("stoat-ferret serve"),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_a_clear_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with (
            pytest.raises(ConfigurationError, match="Permission denied"),
            DataFolder(tmp_path).acquire("stoat-ferret serve"),
        ):
            pass
    finally:
        tmp_path.chmod(0o700)
