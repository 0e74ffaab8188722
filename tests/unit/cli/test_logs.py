"""The log on standard error."""

from __future__ import annotations

import json
import logging
import threading

import pytest
import structlog

from stoat_ferret.cli.logs import BackgroundHandler, logging_to_stderr
from stoat_ferret.config import load_settings


def test_events_of_both_kinds_carry_the_ids_of_what_they_belong_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (
        logging_to_stderr(load_settings(log_format="json")),
        structlog.contextvars.bound_contextvars(request_id="r-1", job_id="j-1"),
    ):
        structlog.get_logger("one").info("scan_started", folder="夏")
        logging.getLogger("two").warning("a %s", "warning")
        structlog.get_logger("one").debug("not shown")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (
        first.items()
        >= {
            "event": "scan_started",
            "folder": "夏",
            "level": "info",
            "logger": "one",
            "request_id": "r-1",
            "job_id": "j-1",
        }.items()
    )
    assert (second["event"], second["level"]) == ("a warning", "warning")
    assert (second["request_id"], second["job_id"]) == ("r-1", "j-1")


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_file_name_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    with logging_to_stderr(load_settings(log_format=log_format)):
        structlog.get_logger().info("probe_failed \x1b[2J", path="\x1b[31m\nx\ud800\udcff")
        try:
            int("\x1b[33m")
        except ValueError:
            logging.getLogger("any").exception("it failed")
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "ValueError" in err
    assert "Traceback" in err


def test_quiet_commands_print_warnings_unless_a_level_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for settings in (load_settings(), load_settings(log_level="info")):
        with logging_to_stderr(settings, quiet=True):
            structlog.get_logger().info("news")
    assert capsys.readouterr().err.count("news") == 1


def test_an_event_that_cannot_be_formatted_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    class Mute:
        def __repr__(self) -> str:
            raise ValueError("no words")

    with logging_to_stderr(load_settings(log_format="json")):
        structlog.get_logger().error("it_failed", value=Mute())
    assert "it_failed" in capsys.readouterr().err


def test_a_reader_that_stalls_stalls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Stalled:
        def write(self, _: str) -> None:
            released.wait(60)

        def flush(self) -> None:
            pass

    monkeypatch.setattr("sys.stderr", Stalled())
    handler = BackgroundHandler(load_settings())
    record = logging.LogRecord("name", logging.INFO, "file", 1, "line", None, None)
    try:
        for _ in range(20_000):
            handler.emit(record)
    finally:
        released.set()
        handler.close()
