"""The settings that people change while the server runs, and their file in the data folder."""

from __future__ import annotations

import errno
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import structlog
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from stoat_ferret.cron import CronTimes
from stoat_ferret.errors import ConfigurationError, listed_faults, reason_of
from stoat_ferret.quiet_hours import QuietHours
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stoat_ferret.config import Settings

FILE_NAME = "settings.json"
MAX_CONCURRENCY = 64
"""The maximum number of scans, or of renders, at a time."""
_MAX_LENGTH = 500
MAX_FOLDERS = 200

log = structlog.get_logger(__name__)


def _times(text: str) -> str | None:
    return _short(CronTimes(text).expression) if text.strip() else None


def _hours(text: str) -> str | None:
    return _short(QuietHours(text).expression) if text.strip() else None


def _short(expression: str) -> str:
    """Return `expression`, which may have become longer than the text that was given."""
    if len(expression) > _MAX_LENGTH:
        raise ValueError(
            f"it has {len(expression)} characters in its usual form, and may have {_MAX_LENGTH}"
        )
    return expression


def _path(value: object) -> object:
    """Return a path as such, since text that is not UTF-8 is no text for pydantic."""
    return Path(value) if isinstance(value, str) else value


_Concurrency = Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)]
_Folder = Annotated[Path, BeforeValidator(_path)]


class ChangeableSettings(BaseModel):
    """Values of settings that can be changed while the server runs; None is the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scan_schedule: Annotated[str, Field(max_length=_MAX_LENGTH), AfterValidator(_times)] | None = (
        Field(
            default=None,
            description="When all library folders are scanned again: minute, hour, day, month and "
            "weekday in local time, as in cron.",
        )
    )
    quiet_hours: Annotated[str, Field(max_length=_MAX_LENGTH), AfterValidator(_hours)] | None = (
        Field(
            default=None,
            description="Hours in which scans, storyboards and renders wait, such as "
            "`mon-fri 9:00-17:30, sat 22:00-6:00`.",
        )
    )
    watch: Literal["auto", "poll", "off"] | None = Field(
        default=None, description="How scanned folders are watched for changes."
    )
    thumbnails: bool | None = Field(
        default=None, description="Whether scans make a thumbnail of every video."
    )
    storyboards_after_scan: bool | None = Field(
        default=None,
        description="Whether storyboards are made after scans, while nothing else is running.",
    )
    scan_concurrency: _Concurrency | None = Field(
        default=None, description="Maximum number of scans at a time."
    )
    render_concurrency: _Concurrency | None = Field(
        default=None, description="Maximum number of renders at a time."
    )


CHANGEABLE = tuple(ChangeableSettings.model_fields)
"""The names of the settings that can be changed; the roots are changed in their own way."""


class StoredSettings(ChangeableSettings):
    """The content of the file.

    `added_roots` are roots beside those of `STOAT_ROOTS`, or of the default; `removed_roots` are
    default ones that are no roots. `revision` counts the changes.
    """

    added_roots: tuple[_Folder, ...] = Field(default=(), max_length=MAX_FOLDERS)
    removed_roots: tuple[_Folder, ...] = Field(default=(), max_length=MAX_FOLDERS)
    revision: int = 0

    def as_json(self) -> str:
        """Return the document that `SettingsFile.read` reads."""
        values: dict[str, Any] = self.model_dump(exclude_defaults=True)
        for name in ("added_roots", "removed_roots"):
            if name in values:
                values[name] = [str(path) for path in values[name]]
        return json.dumps(values, indent=2) + "\n"


class SettingsFile:
    """The file of the stored settings. All methods block briefly."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME

    def read(self) -> StoredSettings:
        """Return the stored settings, none if there is no file. Raises `ConfigurationError`."""
        try:
            return _parsed(self.path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return StoredSettings()
        except OSError as error:
            raise self._fault(reason_of(error)) from error
        except ValidationError as error:
            raise self._fault(_faults(error)) from error
        except ValueError as error:  # not UTF-8, or no JSON
            raise self._fault(str(error)) from error

    def write(self, stored: StoredSettings, is_late: Callable[[], bool] = lambda: False) -> None:
        """Replace the file of the revision before, durably and as a whole.

        Nothing is replaced once `is_late` is true: whoever asked has given up. Raises
        `ConfigurationError`, also for what `read` would refuse.
        """
        text = stored.as_json()
        try:
            _parsed(text)
        except ValidationError as error:
            raise ConfigurationError(
                f"The settings cannot be stored ({_faults(error)}). Nothing was changed."
            ) from error
        # A thread that has given up may still write: each has a draft of its own.
        draft = self.path.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}.new")
        try:
            _write_durably(draft, text)
            self._refuse_other(stored.revision - 1)
            if is_late():
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            draft.replace(self.path)
        except (OSError, ConfigurationError) as error:
            with suppress(OSError):
                draft.unlink()
            if isinstance(error, ConfigurationError):
                raise
            raise ConfigurationError(
                f"The settings cannot be stored in {for_display(self.path)} ({reason_of(error)}). "
                "Make room on its disk, or the folder writable; nothing was changed."
            ) from error
        for other in self.path.parent.glob(f"{FILE_NAME}.*.new"):
            with suppress(OSError):  # of a process that was killed, or of a thread that is late
                other.unlink()
        try:
            _sync(self.path.parent)
        except OSError as error:
            # The change is in the file, and in effect: only a loss of power might undo it.
            log.warning("settings_not_synced", path=for_display(self.path), error=reason_of(error))

    def _refuse_other(self, revision: int) -> None:
        """Raise `ConfigurationError` if the file has another revision; there need be none."""
        if self.path.exists() and (found := self.read().revision) != revision:
            raise ConfigurationError(
                f"{for_display(self.path)} was changed meanwhile (revision {found}, not "
                f"{revision}). Nothing was changed: restart the server to use the file."
            )

    def _fault(self, reason: str) -> ConfigurationError:
        return ConfigurationError(
            f"The stored settings in {for_display(self.path)} cannot be used ({reason}). Correct "
            "the file. Or rename it to start from the defaults: the library folders that it lists "
            "must then be added again, and their videos stay in the library."
        )


def _parsed(text: str) -> StoredSettings:
    """Return the settings in a document. Raises `ValueError`, or its `ValidationError`."""
    return StoredSettings.model_validate(json.loads(text))


def _faults(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return listed_faults(found, "the document")


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def fixed_names(base: Settings) -> dict[str, str]:
    """Return the variables that fix settings, by the names of the settings.

    Flags count as well. With fixed roots, further ones can still be added.
    """
    names = (*CHANGEABLE, "roots")
    return {name: f"STOAT_{name.upper()}" for name in names if name in base.model_fields_set}


def merged(base: Settings, stored: StoredSettings) -> Settings:
    """Return the settings in effect: fixed ones, then stored ones, then defaults."""
    fixed = fixed_names(base)
    values = {name: getattr(stored, name) for name in CHANGEABLE if name not in fixed}
    update = {name: value for name, value in values.items() if value is not None}
    roots = _roots(base, stored, is_fixed="roots" in fixed)
    if roots != base.roots:
        update["roots"] = roots
    return base.model_copy(update=update)


def _roots(base: Settings, stored: StoredSettings, *, is_fixed: bool) -> tuple[Path, ...]:
    removed = set() if is_fixed else set(stored.removed_roots) - set(base.root_map.values())
    kept = [root for root in base.roots if root not in removed]
    return tuple(dict.fromkeys((*kept, *stored.added_roots)))


def with_stored(base: Settings) -> Settings:
    """Return the settings in effect. Blocking; raises `ConfigurationError`."""
    return merged(base, SettingsFile(base.data_dir).read())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def changed(stored: StoredSettings, values: Mapping[str, Any]) -> StoredSettings:
    """Return `stored` with these values, of which None is the default, as the next revision."""
    return stored.model_copy(update={**values, "revision": stored.revision + 1})
