"""Values of settings on the command line."""

from __future__ import annotations

from stoat_ferret.cli.commands.settings import _typed


def test_numbers_are_numbers_unless_they_are_endless() -> None:
    found = {"values": {"scan_concurrency": 1}}
    assert _typed("scan-concurrency", " 12 ", found) == 12
    endless = "9" * 5000
    assert _typed("scan_concurrency", endless, found) == endless, "the server refuses it in words"
