"""The log: structured events on standard error, written by their own thread."""

from __future__ import annotations

import logging
import queue
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from stoat_ferret.text import for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from structlog.typing import EventDict, Processor, WrappedLogger

    from stoat_ferret.config import Settings

_LONGEST_BACKLOG = 10_000
_CLOSE_SECONDS = 1.0


class BackgroundHandler(logging.Handler):
    """A handler that writes in a thread, so that a stalled reader of the log stalls no server.

    If the backlog is full because of such a reader, lines are dropped.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._renderers: Sequence[Processor] = ()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Format here, where the context is available, and write in the thread."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001  a malformed log line must not end a request
            line = f"{record.levelname}: a log line of {record.name} could not be formatted"
        self._put(line)

    def emit_event(self, event: EventDict) -> None:
        """Do the same with an event of structlog."""
        self._renderers = self._renderers or _last_processors(self._settings)
        rendered: Any = event
        try:
            for render in self._renderers:
                rendered = render(None, "", rendered)
        except Exception:  # noqa: BLE001  as above
            rendered = f"{event.get('event')}: this event could not be formatted"
        self._put(str(rendered))

    def _put(self, line: str) -> None:
        if self._lines.qsize() < _LONGEST_BACKLOG:
            self._lines.put(line)

    def close(self) -> None:
        """Write the rest, for a second at most."""
        self._lines.put(None)
        self._thread.join(_CLOSE_SECONDS)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError, ValueError):  # the reader is gone; the server is not
                sys.stderr.write(line + "\n")
                sys.stderr.flush()


@contextmanager
def logging_to_stderr(settings: Settings, *, quiet: bool = False) -> Iterator[None]:
    """Send the events of the standard library's loggers and of structlog to standard error.

    `quiet` commands print only warnings and errors, unless a level is configured. Their requests to
    a server or database log nothing, so structlog, which is slow to load, is not set up: callers
    that run more call `send_events_to_logging`.
    """
    level = settings.log_level
    if quiet and "log_level" not in settings.model_fields_set:
        level = "warning"
    handler = BackgroundHandler(settings)
    handler.setFormatter(_EventFormatter(settings))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # Requests are logged by the program itself, and single queries are of no interest.
    for noisy in ("uvicorn", "httpx", "aiosqlite", "sqlalchemy", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    if not quiet or "structlog" in sys.modules:
        send_events_to_logging()
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
        if "structlog" in sys.modules:
            sys.modules["structlog"].reset_defaults()


def send_events_to_logging() -> None:
    """Send structlog's events to the log, if the logger of the standard library lets them pass."""
    import structlog

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            _emit_event,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _emit_event(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Pass an event to the handler of this program, and to no other.

    As a record of the standard library, it would take more than twice as long, which is a good part
    of a short request.
    """
    import structlog

    for handler in logging.getLogger().handlers:
        if isinstance(handler, BackgroundHandler):
            handler.emit_event(event)
    raise structlog.DropEvent


class _EventFormatter(logging.Formatter):
    """A formatter that uses structlog, which is imported for the first line."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._renderer: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`."""
        if self._renderer is None:
            self._renderer = _renderer_for(self._settings)
        return self._renderer.format(record)


def _renderer_for(settings: Settings) -> logging.Formatter:
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_last_processors(settings),
        ],
    )


def _shared_processors() -> list[Processor]:
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _last_processors(settings: Settings) -> list[Processor]:
    import structlog

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
            event[key] = "\n".join(map(for_terminal, lines))
    return event
