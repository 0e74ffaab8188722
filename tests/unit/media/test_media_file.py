"""Opening, fingerprinting and reading a file within bounds."""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from tests.clips import make_clip

from stoat_ferret.errors import FileUnreadableError, FileVanishedError, InvalidMediaError
from stoat_ferret.media.libav import probe_file, read_facts
from stoat_ferret.media.media_file import MediaFile, media_error

if TYPE_CHECKING:
    from pathlib import Path

KIB = 1024


def fingerprint_of(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with MediaFile(os.fsencode(path)) as file:
        return file.fingerprint()


def digest(size: int, *parts: bytes) -> str:
    return hashlib.blake2b(size.to_bytes(8, "little") + b"".join(parts), digest_size=20).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 64 * KIB, 64 * KIB + 1, 128 * KIB - 1, 128 * KIB])
def test_a_short_file_is_taken_whole(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    assert fingerprint_of(tmp_path / "file", content) == digest(size, content)


@pytest.mark.parametrize("size", [128 * KIB + 1, 300 * KIB])
def test_of_a_long_file_both_ends_are_taken(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    ends = content[: 64 * KIB], content[-64 * KIB :]
    assert fingerprint_of(tmp_path / "file", content) == digest(size, *ends)


def test_size_and_both_ends_matter_and_the_name_does_not(tmp_path: Path) -> None:
    content = bytes(200 * KIB)
    seen = {
        fingerprint_of(tmp_path / "a", content),
        fingerprint_of(tmp_path / "b", b"x" + content[1:]),
        fingerprint_of(tmp_path / "c", content[:-1] + b"x"),
        fingerprint_of(tmp_path / "d", content + b"\0"),
    }
    assert len(seen) == 4
    assert fingerprint_of(tmp_path / "e", content) in seen


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(FileUnreadableError, match="not a regular file"):
            MediaFile(os.fsencode(path))
    if os.path.exists("/dev/zero"):  # noqa: PTH110  a device, not a file of the test
        with pytest.raises(FileUnreadableError, match="not a regular file"):
            MediaFile("/dev/zero")


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208  of this process

    before = descriptors()
    with pytest.raises(FileUnreadableError):
        MediaFile(os.fsencode(tmp_path))
    probe_file(os.fsencode(make_clip("h264.mp4")))
    with pytest.raises(InvalidMediaError):
        probe_file(os.fsencode(make_clip("text.mp4")))
    assert descriptors() == before


def test_errors_of_the_system_are_told_apart() -> None:
    def kind(number: int) -> type[Exception]:
        return type(media_error("x", OSError(number, os.strerror(number))))

    assert kind(errno.ENOENT) is kind(errno.ENOTDIR) is kind(errno.ESTALE) is FileVanishedError
    assert kind(errno.EACCES) is kind(errno.EIO) is kind(errno.ELOOP) is FileUnreadableError


def test_a_probe_reads_little_of_a_large_file(tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(make_clip("h264.mp4").read_bytes())
    with large.open("ab") as file:
        # A box that is skipped, without content on the disk.
        size = 2**30
        file.write(size.to_bytes(4, "big") + b"free")
        file.truncate(file.tell() - 8 + size)
    with MediaFile(os.fsencode(large)) as media_file:
        assert read_facts(media_file)["duration_seconds"] == 2.0
        assert media_file.bytes_read < 1_000_000


def test_a_probe_reads_little_of_a_long_stream(tmp_path: Path) -> None:
    stream = tmp_path / "long.ts"
    stream.write_bytes(make_clip("mpegts.ts").read_bytes() * 150)
    assert stream.stat().st_size > 30_000_000
    with MediaFile(os.fsencode(stream)) as media_file:
        assert read_facts(media_file)["video"]
        assert media_file.bytes_read < 10_000_000


def test_a_probe_stops_where_it_would_read_too_much() -> None:
    clip = os.fsencode(make_clip("h264.mp4"))
    with pytest.raises(InvalidMediaError, match=r"More than 0\.05 MB") as caught:
        probe_file(clip, 50_000)
    assert caught.value.fingerprint
    assert probe_file(clip)[0]["video"]
