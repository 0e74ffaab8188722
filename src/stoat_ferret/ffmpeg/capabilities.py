"""The capabilities of the installed ffmpeg: encoders, filters, and the hardware that works."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from stoat_ferret.concurrency import map_concurrently
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import ConfigurationError, MediaProcessError
from stoat_ferret.ffmpeg.binaries import describe
from stoat_ferret.ffmpeg.executor import run_program
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine
    from pathlib import Path
    from typing import Any

ANSWER_SECONDS = 1.0
LIST_SECONDS = 20.0
_TRY_SECONDS = 10.0
_CODECS = ("h264", "hevc", "av1", "vp9")
_TRIAL = "color=color=gray:size=320x256:rate=25"
_TRIAL_LEVEL = 25
PIXEL_FORMAT = "nv12"
"""The pixel format that all hardware encoders accept."""
_CODEC = re.compile(r"^ [VASD][A-Z.]{5} (\S+)", re.MULTILINE)
_FILTER = re.compile(r"^ [A-Z.]{2,3} (\S+) +\S+->\S+", re.MULTILINE)
_MUXER = re.compile(r"^ [D ]E[d ]? +(\S+)", re.MULTILINE)
_TRANSITION = re.compile(r"^ +(\w+) +\d+ +[.A-Z]{11}", re.MULTILINE)

T = TypeVar("T")


class FfmpegCheck:
    """A health check that returns a sentence with version, path and abilities.

    An ffmpeg that is slow to answer passes; its answer is awaited in the background. Raises the
    errors of `FfmpegCapabilities`.
    """

    def __init__(self, capabilities: FfmpegCapabilities) -> None:
        self._capabilities = capabilities

    async def __call__(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                abilities = await self._capabilities.abilities()
        except TimeoutError:
            return "It was found, but is slow to list its capabilities."
        return sentence(abilities, await self._capabilities.known())


def sentence(abilities: FfmpegAbilities, description: FfmpegDescription | None) -> str:
    """Return a sentence about the abilities; the hardware encoders are omitted until known."""
    counts = f"{len(abilities.encoders)} encoders, {len(abilities.filters)} filters"
    summary = f"{abilities.version} at {abilities.path}, {counts}"
    if description is None:
        return summary
    return f"{summary}, in hardware: {', '.join(description.hardware_encoders) or 'none'}"


def parse_codecs(text: str) -> frozenset[str]:
    """Parse the names in the output of `-encoders` or `-decoders`."""
    return frozenset(_CODEC.findall(text)) - {"="}


def parse_filters(text: str) -> frozenset[str]:
    """Parse the names in the output of `-filters`."""
    return frozenset(_FILTER.findall(text))


def parse_muxers(text: str) -> frozenset[str]:
    """Parse the names in the output of `-muxers`, which include devices."""
    found = _MUXER.findall(text)
    return frozenset(name for names in found for name in names.split(",")) - {"="}


def parse_transitions(text: str) -> frozenset[str]:
    """Parse the kinds of transitions in the output of `-h filter=xfade`; empty without it."""
    return frozenset(_TRANSITION.findall(text))


@dataclass(frozen=True, slots=True)
class FfmpegAbilities:
    """The abilities that an ffmpeg lists, by FFmpeg's names."""

    path: Path
    version: str
    encoders: frozenset[str]
    decoders: frozenset[str]
    filters: frozenset[str]
    muxers: frozenset[str]
    transitions: frozenset[str]


@dataclass(frozen=True, slots=True)
class FfmpegDescription(FfmpegAbilities):
    """The abilities, the hardware encoders that work on this machine, the preferred first, and its
    processor cores."""

    hardware_encoders: tuple[str, ...]
    cores: int = field(default_factory=lambda: os.cpu_count() or 2)


async def list_abilities(ffmpeg: Path) -> FfmpegAbilities:
    """List the abilities of the program `ffmpeg`, by running it a few times.

    Raises `MediaProcessError` if it does not run, or not in time, and `ConfigurationError` if its
    output is not that of ffmpeg.
    """

    async def ask(what: str) -> str:
        arguments = ("-v", "error", *what.split())
        completed = await run_program([ffmpeg, *arguments], timeout_seconds=LIST_SECONDS)
        return completed.stdout.decode("utf-8", "replace")

    info = await describe(ffmpeg, timeout_seconds=LIST_SECONDS)
    questions = ("-encoders", "-decoders", "-filters", "-muxers", "-h filter=xfade")
    lists = await map_concurrently(ask, questions, most=4)
    encoders, filters = parse_codecs(lists[0]), parse_filters(lists[2])
    if not encoders or not filters:
        raise ConfigurationError(
            f"{for_display(ffmpeg)} does not list its capabilities: is it ffmpeg?"
        )
    return FfmpegAbilities(
        path=ffmpeg,
        version=info.version,
        encoders=encoders,
        decoders=parse_codecs(lists[1]),
        filters=filters,
        muxers=parse_muxers(lists[3]),
        transitions=parse_transitions(lists[4]),
    )


@dataclass(frozen=True, slots=True)
class HardwareUse:
    """The arguments of a hardware encoder.

    `quality` are output arguments with `{level}` in place of a CRF of at most 51. `upload` are the
    last filters before it, `opening` the options before the first input.
    """

    quality: tuple[str, ...]
    upload: tuple[str, ...] = (f"format={PIXEL_FORMAT}",)
    opening: tuple[str, ...] = ()

    def quality_arguments(self, level: int) -> list[str]:
        """Return the arguments for a quality level from 0 to 51; lower is better."""
        names = {"level": level, "percent": 100 - 2 * min(level, 49)}
        return [argument.format(**names) for argument in self.quality]


def _on_a_device(kind: str, *quality: str) -> HardwareUse:
    """Return the use of an encoder that needs pictures in the memory of the device FFmpeg finds."""
    opening = ("-init_hw_device", f"{kind}=hw", "-filter_hw_device", "hw")
    return HardwareUse(quality, (f"format={PIXEL_FORMAT}", "hwupload"), opening)


# The preferred ones come first.
_FAMILIES = {
    "nvenc": HardwareUse(("-rc", "vbr", "-cq", "{level}", "-b:v", "0")),
    "qsv": HardwareUse(("-global_quality", "{level}")),
    "videotoolbox": HardwareUse(("-q:v", "{percent}", "-allow_sw", "0")),
    "amf": HardwareUse(("-rc", "cqp", "-qp_i", "{level}", "-qp_p", "{level}")),
    "vaapi": _on_a_device("vaapi", "-rc_mode", "CQP", "-qp", "{level}"),
    "vulkan": _on_a_device("vulkan", "-rc_mode", "cqp", "-qp", "{level}"),
    "v4l2m2m": HardwareUse(("-b:v", "8M")),
}


def hardware_use(encoder: str) -> HardwareUse | None:
    """Return how the encoder is used; None for a software encoder.

    The trial uses the encoder with the same arguments.
    """
    return _FAMILIES.get(encoder.rpartition("_")[2])


def known_hardware(encoders: Collection[str]) -> tuple[str, ...]:
    """Return those of `encoders` that use hardware and are worth a trial, preferred ones first."""
    wanted = [f"{codec}_{family}" for codec in _CODECS for family in _FAMILIES]
    return tuple(name for name in wanted if name in encoders)


async def find_hardware_encoders(ffmpeg: Path, encoders: Collection[str]) -> tuple[str, ...]:
    """Return those of `encoders` that can encode a few frames now, the preferred ones first.

    Tries them one after the other, at low priority; may take seconds. Raises nothing.
    """
    return tuple([name for name in known_hardware(encoders) if await _works(ffmpeg, name)])


async def _works(ffmpeg: Path, encoder: str) -> bool:
    use = hardware_use(encoder)
    assert use is not None  # noqa: S101  only called for encoders of a known family
    arguments = [
        *("-v", "error", "-nostdin", *use.opening, "-f", "lavfi", "-i", _TRIAL),
        *("-vf", ",".join(use.upload), "-frames:v", "5", "-c:v", encoder),
        *(*use.quality_arguments(_TRIAL_LEVEL), "-f", "null", "-"),
    ]
    try:
        completed = await run_program([ffmpeg, *arguments], timeout_seconds=_TRY_SECONDS)
    except MediaProcessError:  # drivers hang and crash
        return False
    return completed.exit_code == 0


async def describe_ffmpeg(abilities: FfmpegAbilities) -> FfmpegDescription:
    """Return the full description, by trying the hardware encoders."""
    hardware = await find_hardware_encoders(abilities.path, abilities.encoders)
    return _description(abilities, hardware)


def _description(abilities: FfmpegAbilities, hardware: tuple[str, ...]) -> FfmpegDescription:
    known = {one.name: getattr(abilities, one.name) for one in fields(FfmpegAbilities)}
    return FfmpegDescription(**known, hardware_encoders=hardware)


class FfmpegCapabilities:
    """The capabilities of the ffmpeg that `find` returns, cached until that is another program.

    An asynchronous context manager; pending queries end with it. All methods raise the errors of
    `find` and of `list_abilities`; a failure is not cached.
    """

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._abilities: _Cached[FfmpegAbilities] = _Cached()
        self._description: _Cached[FfmpegDescription] = _Cached()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._description.close()
        await self._abilities.close()

    async def abilities(self) -> FfmpegAbilities:
        """Return the abilities; the first call takes less than a second on an idle machine."""
        identity = await self._identity()
        return await self._abilities.get(identity, lambda: list_abilities(identity[0]))

    async def describe(self) -> FfmpegDescription:
        """Return the abilities with the working hardware encoders; the first call takes longer."""

        async def make() -> FfmpegDescription:
            return await describe_ffmpeg(await self.abilities())

        return await self._description.get(await self._identity(), make)

    async def describe_software(self) -> FfmpegDescription:
        """Return the abilities as on a machine without hardware encoders."""
        return _description(await self.abilities(), ())

    async def known(self) -> FfmpegDescription | None:
        """Return the description if it is available already."""
        return self._description.newest(await self._identity())

    async def _identity(self) -> _Identity:
        path = await run_on_disk_thread(self._find)
        try:
            return path, (await run_on_disk_thread(path.stat)).st_mtime_ns
        except OSError as error:
            raise ConfigurationError(f"{for_display(path)} cannot be looked at: {error}") from error


_Identity = tuple["Path", int]


class _Cached(Generic[T]):
    """A cached result for one program, computed once for all callers."""

    def __init__(self) -> None:
        self._identity: _Identity | None = None
        self._task: asyncio.Task[T] | None = None

    async def get(self, identity: _Identity, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of `make`, which continues if the caller is cancelled."""
        if self._task is None or self._identity != identity or _has_failed(self._task):
            if self._task is not None:
                self._task.cancel()
            self._identity, self._task = identity, asyncio.create_task(make())
            self._task.add_done_callback(_has_failed)  # retrieves its error
        return await asyncio.shield(self._task)

    def newest(self, identity: _Identity) -> T | None:
        """Return the result for this program if it is available."""
        task = self._task
        if task is None or self._identity != identity or not task.done() or _has_failed(task):
            return None
        return task.result()

    async def close(self) -> None:
        """Cancel the computation."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


def _has_failed(task: asyncio.Task[T]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
