"""Which file systems report changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoat_ferret.watch_folders.mounts import read_mounts

if TYPE_CHECKING:
    from pathlib import Path

TABLE = rb"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/nas rw shared:9 master:2 - nfs4 nas:/films rw,vers=4.2
31 22 8:17 / /mnt/two\040words rw - ext4 /dev/sdb1 rw
32 31 0:41 / /mnt/two\040words/cloud rw - fuse.rclone remote: rw
33 22 0:42 / /mnt/pool rw - fuse.mergerfs a:b rw
34 22 0:43 / /mnt/share rw - autofs systemd-1 rw
35 34 0:44 / /mnt/share rw - cifs //box/share rw
36 22 8:33 / /mnt/ntfs rw - fuseblk /dev/sdc1 rw
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "mountinfo").write_bytes(TABLE.lstrip())
    return str(tmp_path / "mountinfo")


@pytest.mark.parametrize(
    ("root", "reports"),
    [
        ("/home/ada/Videos", True),
        ("/mnt/nas/films", False),
        ("/mnt/nas", False),
        ("/mnt/nasty", True),
        ("/mnt/two words/cloud", False),
        ("/mnt/two words", False),  # for what is mounted below it
        ("/mnt/two words/films", True),
        ("/mnt/pool/films", True),
        ("/mnt/share", False),
        ("/mnt/ntfs/films", True),
        ("/", False),
    ],
)
def test_network_file_systems_do_not(table: str, root: str, reports: bool) -> None:
    assert all(mount.reports_changes for mount in read_mounts(root, table)) is reports


def test_a_system_that_does_not_tell_has_no_mounts(tmp_path: Path) -> None:
    assert read_mounts("/", str(tmp_path / "none")) == frozenset()


def test_this_machine_tells(tmp_path: Path) -> None:
    assert read_mounts(str(tmp_path))
