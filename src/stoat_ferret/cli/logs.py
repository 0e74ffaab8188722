"""The log: structured events on standard error, written by a thread of its own."""

from __future__ import annotations

import logging
import queue
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.cli.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict, Processor, WrappedLogger

    from stoat_ferret.config import Settings

_LONGEST_BACKLOG = 10_000
_CLOSE_SECONDS = 1.0


class BackgroundHandler(logging.Handler):
    """Hands lines to a thread, so that a reader of the log who stalls never stalls the server.

    Where the reader stalls for so long that the backlog is full, lines are dropped.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: queue.Queue[str | None] = queue.Queue(_LONGEST_BACKLOG)
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Format here, where the context is; write there."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  a line that cannot be formatted must not end a request
            line = f"{record.levelname}: a log line of {record.name} could not be formatted"
        with suppress(queue.Full):
            self._lines.put_nowait(line)

    def close(self) -> None:
        """Write what is left, for a second at most."""
        with suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(_CLOSE_SECONDS)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError, ValueError):  # the reader is gone; the server is not
                sys.stderr.write(line + "\n")
                sys.stderr.flush()


@contextmanager
def logging_to_stderr(settings: Settings, *, quiet: bool = False) -> Iterator[None]:
    """Send structlog's events and those of the standard library to standard error.

    `quiet` commands print warnings and errors only, unless a level was asked for.
    """
    level = settings.log_level
    if quiet and "log_level" not in settings.model_fields_set:
        level = "warning"
    before = _shared_processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = BackgroundHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # Requests are logged by the program itself, and each query is news for nobody.
    for noisy in ("uvicorn", "httpx", "aiosqlite", "sqlalchemy", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
        structlog.reset_defaults()


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _renderers(settings: Settings) -> list[Processor]:
    terminal = sys.stderr.isatty()
    if settings.log_format == "json" or (settings.log_format == "auto" and not terminal):
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [
        structlog.processors.format_exc_info,
        _make_printable,
        structlog.dev.ConsoleRenderer(colors=terminal),
    ]


def _make_printable(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str):
            lines = value.split("\n") if key in ("exception", "stack") else [value]
            event[key] = "\n".join(map(printable, lines))
    return event
