"""The capabilities of the installed ffmpeg: encoders, filters and hardware."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from stoat_ferret.concurrency import map_concurrently
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.ffmpeg.binaries import describe
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.ffmpeg.hardware import find_hardware_encoders
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from typing import Any

ANSWER_SECONDS = 1.0


class FfmpegCheck:
    """A health check: a sentence with version, place and abilities.

    One that takes its time to tell is there all the same; what it says is heard in the
    background. Raises what `FfmpegCapabilities` raises.
    """

    def __init__(self, describer: FfmpegCapabilities) -> None:
        self._describer = describer

    async def __call__(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                abilities = await self._describer.abilities()
        except TimeoutError:
            return "It is there, and slow to tell what it can do."
        return sentence(abilities, await self._describer.known())


def sentence(abilities: FfmpegAbilities, description: FfmpegDescription | None) -> str:
    """What an ffmpeg can do; what is not known yet is left out."""
    counts = f"{len(abilities.encoders)} encoders, {len(abilities.filters)} filters"
    said = f"{abilities.version} at {abilities.path}, {counts}"
    if description is None:
        return said
    return f"{said}, in hardware: {', '.join(description.hardware_encoders) or 'none'}"


_CODEC = re.compile(r"^ [VASD][A-Z.]{5} (\S+)", re.MULTILINE)
_FILTER = re.compile(r"^ [A-Z.]{2,3} (\S+) +\S+->\S+", re.MULTILINE)
_MUXER = re.compile(r"^ [D ]E[d ]? +(\S+)", re.MULTILINE)


def parse_codecs(text: str) -> frozenset[str]:
    """The names in what `-encoders` or `-decoders` prints."""
    return frozenset(_CODEC.findall(text)) - {"="}


def parse_filters(text: str) -> frozenset[str]:
    """The names in what `-filters` prints."""
    return frozenset(_FILTER.findall(text))


def parse_muxers(text: str) -> frozenset[str]:
    """The names in what `-muxers` prints; devices are among them."""
    found = _MUXER.findall(text)
    return frozenset(name for names in found for name in names.split(",")) - {"="}


T = TypeVar("T")

LIST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class FfmpegAbilities:
    """What one ffmpeg says of itself, by FFmpeg's names."""

    path: Path
    version: str
    encoders: frozenset[str]
    decoders: frozenset[str]
    filters: frozenset[str]
    muxers: frozenset[str]


@dataclass(frozen=True, slots=True)
class FfmpegDescription(FfmpegAbilities):
    """That, and which of its encoders in hardware work on this machine, the preferred first."""

    hardware_encoders: tuple[str, ...]


async def list_abilities(ffmpeg: Path) -> FfmpegAbilities:
    """What the program `ffmpeg` says of itself, by running it a few times.

    Raises `MediaProcessError` where it does not run, or not in time, and `ConfigurationError`
    where it says nothing that ffmpeg says.
    """

    async def ask(what: str) -> str:
        completed = await run_program([ffmpeg, "-v", "error", what], timeout_seconds=LIST_SECONDS)
        return completed.stdout.decode("utf-8", "replace")

    info = await describe(ffmpeg, timeout_seconds=LIST_SECONDS)
    lists = await map_concurrently(ask, ("-encoders", "-decoders", "-filters", "-muxers"), most=4)
    encoders, filters = parse_codecs(lists[0]), parse_filters(lists[2])
    if not encoders or not filters:
        raise ConfigurationError(
            f"{for_display(ffmpeg)} does not say what it can do: is it ffmpeg?"
        )
    return FfmpegAbilities(
        path=ffmpeg,
        version=info.version,
        encoders=encoders,
        decoders=parse_codecs(lists[1]),
        filters=filters,
        muxers=parse_muxers(lists[3]),
    )


async def describe_ffmpeg(abilities: FfmpegAbilities) -> FfmpegDescription:
    """All of it, by trying the encoders in hardware."""
    hardware = await find_hardware_encoders(abilities.path, abilities.encoders)
    return _description(abilities, hardware)


def _description(abilities: FfmpegAbilities, hardware: tuple[str, ...]) -> FfmpegDescription:
    known = {field.name: getattr(abilities, field.name) for field in fields(FfmpegAbilities)}
    return FfmpegDescription(**known, hardware_encoders=hardware)


class FfmpegCapabilities:
    """Knows the ffmpeg that `find` finds, and asks again only when that is another one.

    An asynchronous context manager; what it is finding out ends with it. All methods raise what
    `find` raises, and what `list_abilities` does; a failure is not remembered.
    """

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._abilities: _Kept[FfmpegAbilities] = _Kept()
        self._description: _Kept[FfmpegDescription] = _Kept()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._description.close()
        await self._abilities.close()

    async def abilities(self) -> FfmpegAbilities:
        """What ffmpeg says of itself; the first time in less than a second on a quiet machine."""
        identity = await self._identity()
        return await self._abilities.get(identity, lambda: list_abilities(identity[0]))

    async def describe(self) -> FfmpegDescription:
        """That, with the encoders in hardware, which takes longer the first time."""

        async def make() -> FfmpegDescription:
            return await describe_ffmpeg(await self.abilities())

        return await self._description.get(await self._identity(), make)

    async def describe_software(self) -> FfmpegDescription:
        """What `abilities` says, as of a machine without encoders in hardware."""
        return _description(await self.abilities(), ())

    async def known(self) -> FfmpegDescription | None:
        """The description, where it is there already."""
        return self._description.newest(await self._identity())

    async def _identity(self) -> _Identity:
        path = await run_on_disk_thread(self._find)
        try:
            return path, (await run_on_disk_thread(path.stat)).st_mtime_ns
        except OSError as error:
            raise ConfigurationError(f"{for_display(path)} cannot be looked at: {error}") from error


_Identity = tuple["Path", int]


class _Kept(Generic[T]):
    """Something that was found out about one program, once, however many ask for it."""

    def __init__(self) -> None:
        self._identity: _Identity | None = None
        self._task: asyncio.Task[T] | None = None

    async def get(self, identity: _Identity, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `make` returns; it goes on when the one who asks is cancelled."""
        if self._task is None or self._identity != identity or _has_failed(self._task):
            if self._task is not None:
                self._task.cancel()
            self._identity, self._task = identity, asyncio.create_task(make())
            self._task.add_done_callback(_has_failed)  # whether or not somebody still waits
        return await asyncio.shield(self._task)

    def newest(self, identity: _Identity) -> T | None:
        """What is known of this very program."""
        task = self._task
        if task is None or self._identity != identity or not task.done() or _has_failed(task):
            return None
        return task.result()

    async def close(self) -> None:
        """Stop finding out."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


def _has_failed(task: asyncio.Task[T]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
