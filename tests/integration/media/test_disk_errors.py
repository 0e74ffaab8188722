"""A disk error while libav reads is distinguished from a damaged file."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

import pytest
from tests.clips import make_clip

from stoat_ferret.errors import FileUnreadableError
from stoat_ferret.media.libav import read_facts
from stoat_ferret.media.media_file import MediaFile


class Flaky(MediaFile):
    """A file of which one read fails, or all reads from then on."""

    first = 0
    once = True
    reads = 0

    def read(self, size: int) -> bytes:
        """See `MediaFile.read`."""
        self.reads += 1
        if self.reads == self.first or (not self.once and self.reads > self.first):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read(size)


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("clip", ["h264.mp4", "tracks.mkv", "mpegts.ts", "mpeg4.avi", "mpeg2.ts"])
def test_a_read_that_fails_is_never_taken_for_damage(clip: str, once: bool) -> None:
    path = str(make_clip(clip))
    with MediaFile(path) as whole:
        facts = read_facts(whole)
    for first in range(1, 12):
        with Flaky(path) as file:
            file.first, file.once = first, once
            with suppress(FileUnreadableError):
                assert read_facts(file) == facts
                assert file.reads < first
