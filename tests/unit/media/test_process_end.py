"""Descriptions of how a process ended."""

from __future__ import annotations

import pytest

from stoat_ferret.processes.child_process import describe_end


@pytest.mark.parametrize(
    ("exit_code", "tail", "words"),
    [
        (0, b"", "ended with exit code 0"),
        (3, b"a\n\n  b  \n", "ended with exit code 3: a / b"),
        (-11, b"", "died by SIGSEGV"),
        (-9, b"\xff", "died by SIGKILL: \ufffd"),
        (-999, b"", "died by signal 999"),
        (None, b"", "does not end"),
        (1, b"1\n2\n3\n4\n5\n6\n", "ended with exit code 1: 2 / 3 / 4 / 5 / 6"),
    ],
)
def test_the_words(exit_code: int | None, tail: bytes, words: str) -> None:
    assert describe_end(exit_code, tail) == words
