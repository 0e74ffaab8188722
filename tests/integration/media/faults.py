"""Functions that fail, for worker processes to run."""

from __future__ import annotations

import gc
import os
import pickle
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.errors import MediaError
from stoat_ferret.media.libav import picture_file
from stoat_ferret.media.libav_calls import probe_and_picture, probe_file
from stoat_ferret.media.libav_storyboard import make_storyboard

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from stoat_ferret.media.libav_thumbnails import ThumbnailAnswer
    from stoat_ferret.media.media_file import MediaPath


def sleep_long(started: str) -> None:
    """Report this process's id to `started`, a named pipe, and then sleep for a minute."""
    _report(started)
    time.sleep(60)


def stop_oneself(started: str) -> None:
    """Report, and then stop as a process in a debugger does."""
    _report(started)
    os.kill(os.getpid(), signal.SIGSTOP)


def die(number: int, last_words: str = "") -> None:
    """Die by a signal, after output on standard output, where a library may print."""
    sys.stdout.write(last_words)
    sys.stdout.flush()
    os.kill(os.getpid(), number)


def die_whatever_is_asked(*_: object) -> list[int]:
    """Crash, as libav may on a file that ffprobe can read."""
    os.abort()


def chatter() -> tuple[str, int]:
    """Print to standard output, as a library may."""
    sys.stdout.write("a library says hello\n")
    os.write(1, b"and so does its C part\n")
    return "done", os.getpid()


def raise_foreign() -> None:
    """Raise an error that only this module defines."""
    raise ForeignError("from far away")


def answer_with_object() -> object:
    """Return an object that is not plain data."""
    return ForeignError("as a value")


def count(last: int) -> Generator[int, None, int]:
    """Answer in steps, and with the process's id at the end."""
    yield from range(last)
    return os.getpid()


def fill(counted: str, number: int) -> Generator[bytes, None, int]:
    """Yield a large answer so many times, and append a byte to the file `counted` each time."""
    with Path(counted).open("ab", buffering=0) as file:
        for _ in range(number):
            file.write(b".")
            yield bytes(2**16)
    return os.getpid()


def speak_twice() -> str:
    """Give two answers at once, where one was asked for."""
    answers = [pickle.dumps((True, text, False)) for text in ("first", "second")]
    frames = [len(answer).to_bytes(4, "big") + answer for answer in answers]
    os.write(int(sys.argv[1]), b"".join(frames))
    time.sleep(60)
    return "third"


def die_after_a_step(number: int) -> Iterator[str]:
    """Yield something, and then die by a signal."""
    yield "first"
    os.kill(os.getpid(), number)


def probe_then_die(path: MediaPath, folder: str) -> Iterator[object]:
    """Yield the facts of the file, and die instead of making the thumbnail."""
    yield probe_file(path)
    os.kill(os.getpid(), signal.SIGSEGV)


def probe_then_hang(path: MediaPath, folder: str) -> Iterator[object]:
    """Yield the facts of the file, and hang; the folder is a named pipe to report to."""
    yield probe_file(path)
    sleep_long(folder)


def probe_then_fail(path: MediaPath, folder: str) -> Iterator[object]:
    """Yield the facts of the file, and raise an unexpected error."""
    yield probe_file(path)
    raise_foreign()


def surroundings() -> dict[str, object]:
    """Return what the process shares with the rest of the machine."""
    return {
        "niceness": os.getpriority(os.PRIO_PROCESS, 0),
        "session": os.getsid(0),
        "group": os.getpgrp(),
        "pid": os.getpid(),
        "input": str(Path("/proc/self/fd/0").readlink()),
        "descriptors": [path.name for path in Path("/proc/self/fd").iterdir()],
    }


class ForeignError(Exception):
    """An error that the other side does not know."""


def _report(started: str) -> None:
    Path(started).write_text(f"{os.getpid()}\n")


def probe_unless_bad(path: MediaPath, folder: str) -> object:
    """Read the file and make its thumbnail, but raise an unexpected error for one called bad."""
    _refuse(path)
    return probe_and_picture(path, folder)


def fail_by_name(path: MediaPath, folder: str) -> Generator[object, None, ThumbnailAnswer]:
    """Read the file and make its thumbnail, or fail as the name of the file says."""
    kind = Path(os.fsdecode(path)).stem.split("-")[0]
    if kind == "hanging":
        time.sleep(60)
    elif kind == "dying":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif kind == "odd":
        raise_foreign()
    elif kind == "large":
        take_memory(2**50)
    elif kind == "slow":
        time.sleep(0.2)
    elif kind == "invalid":
        yield {"container": None}, "no fingerprint"
    elif kind == "pictureless":
        yield probe_file(path)
        time.sleep(60)
    return (yield from probe_and_picture(path, folder))


def picture_unless_bad(path: MediaPath, folder: str) -> tuple[str, ThumbnailAnswer]:
    """Make the thumbnail, but raise an unexpected error for a file called bad."""
    _refuse(path)
    return picture_file(path, folder)


def storyboard_unless_bad(path: MediaPath, folder: str) -> object:
    """Make the storyboard, but raise an unexpected error for a file called bad."""
    _refuse(path)
    return make_storyboard(path, folder)


def _refuse(path: MediaPath) -> None:
    if b"bad" in os.fsencode(path):
        streams: dict[int, str] = {}
        streams[1].upper()


def probe_and_measure(path: MediaPath) -> tuple[str, int]:
    """Read a file; return the outcome, and the peak memory of this process in bytes."""
    try:
        reason = probe_file(path)[0][1][1]
    except MediaError as error:
        reason = error.reason
    # `ru_maxrss` would include the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return reason, 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1])  # type: ignore[index]  # Linux has it


def take_memory(count: int) -> int:
    """Allocate so many bytes, and write to them."""
    return len(bytes([1]) * count)


def count_garbage(path: MediaPath, folder: str) -> int:
    """Make a thumbnail; return how many objects then wait for the garbage collector."""
    gc.collect()
    gc.disable()
    picture_file(path, folder)
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    return sum(type(one).__module__.startswith("av.") for one in gc.garbage)


def take_too_much(path: MediaPath, folder: str) -> object:
    """Allocate more memory than there is."""
    return take_memory(2**40)


def die_of_memory(path: MediaPath, folder: str) -> None:
    """Die as a C++ library does when it gets no memory."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
    os.abort()
