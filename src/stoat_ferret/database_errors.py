"""Errors of database drivers: as errors of ours, and what caused them."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from stoat_ferret.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Sequence

T = TypeVar("T")


@contextmanager
def own_errors(url: sa.URL) -> Generator[None]:
    """Convert driver errors to `DatabaseError`."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError, sqlite3.Error) as error:
        raise DatabaseError(describe(error, url)) from error


_SQLITE_SENTENCES = {
    "SQLITE_FULL": "the disk is full. Make room and try again",
    "SQLITE_CORRUPT": "the file is damaged. Restore it from a backup",
    "SQLITE_NOTADB": "the file is not a database of this program",
    "SQLITE_BUSY": "another program holds it locked. Close that program and try again",
    "SQLITE_LOCKED": "another program holds it locked. Close that program and try again",
    "SQLITE_READONLY": "it may not be written. Check the permissions of the file and its folder",
    "SQLITE_PERM": "it may not be written. Check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened. Check that its folder exists and may be written",
    "SQLITE_IOERR": "the disk reports an input/output error",
}
# SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_SENTENCES = {
    "08": "the server does not answer",
    "28": "the server refuses the name or the password",
    "3D": "the server has no such database",
    "25006": "it may not be written",
    "53": "the server has run out of disk, memory or connections",
    "57P": "the server is shutting down",
    "XX001": "its data is damaged. Restore it from a backup",
}

_OUTAGES = ("08", "57P")


def describe(error: Exception, url: sa.URL) -> str:
    """Return the message for a driver error, without secrets in `url`."""
    cause = getattr(error, "orig", None) or error
    sentence = _sentence(cause)
    reason = f"{sentence} ({cause})" if sentence else cause
    return f"The database {shown_url(url)} cannot be used: {reason}."


def _sentence(cause: BaseException) -> str | None:
    name = getattr(cause, "sqlite_errorname", None) or ""
    state = getattr(cause, "sqlstate", None) or ""
    for table, code in ((_SQLITE_SENTENCES, name), (_POSTGRESQL_SENTENCES, state)):
        for prefix, sentence in table.items():
            if code.startswith(prefix):
                return sentence
    return None


def is_trouble(error: DatabaseError) -> bool:
    """Return whether the database or its disk caused the error, rather than the values."""
    if is_outage(error):
        return True
    cause = error.__cause__
    cause = getattr(cause, "orig", None) or cause
    # Errors that this program raises itself have no code.
    is_ours = isinstance(cause, sqlite3.Error) and not hasattr(cause, "sqlite_errorname")
    return cause is not None and (is_ours or _sentence(cause) is not None)


def is_outage(error: BaseException) -> bool:
    """Return whether a database server was away or went away, so that trying again later helps."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if not isinstance(cause, sa.exc.DBAPIError) or isinstance(cause.orig, sqlite3.Error):
        return False
    state = getattr(cause.orig, "sqlstate", None)
    # Without a state, the server did not even answer.
    is_silent = state is None and isinstance(cause, sa.exc.OperationalError)
    return cause.connection_invalidated or is_silent or (state or "").startswith(_OUTAGES)


def shown_url(url: sa.URL) -> str:
    """Return the display name of a database, without the password."""
    is_file = url.get_backend_name() == "sqlite"
    text = url.database if is_file else url.set(query={}).render_as_string()
    return (text or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_FAULTS_OF_A_VALUE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError),
)
"""The errors that binding a value to a statement can raise."""


async def each_alone_if_refused(
    values: Sequence[T], store: Callable[[Sequence[T]], Awaitable[None]]
) -> list[T]:
    """Call `store` with `values`, in ever smaller parts while the database rejects them.

    Returns the values that are rejected individually, such as a number that is too large. Raises
    errors that concern the database and not a value.
    """
    if not values:
        return []
    try:
        await store(values)
    except (DatabaseError, sa.exc.StatementError, *_FAULTS_OF_A_VALUE) as error:
        if not _is_refusal(error):
            raise
        if len(values) == 1:
            return list(values)
    else:
        return []
    middle = len(values) // 2
    refused = await each_alone_if_refused(values[:middle], store)
    return refused + await each_alone_if_refused(values[middle:], store)


def _is_refusal(error: Exception) -> bool:
    """Return whether an error concerns a value, by its class or the class of its cause."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if not isinstance(cause, sa.exc.SQLAlchemyError):
        return not isinstance(error, DatabaseError)
    # SQLAlchemy raises a plain `StatementError` for values that it cannot send.
    kinds = (sa.exc.DataError, sa.exc.IntegrityError, sa.exc.ProgrammingError)
    return isinstance(cause, kinds) or type(cause) is sa.exc.StatementError
