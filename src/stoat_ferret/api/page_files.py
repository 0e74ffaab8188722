"""The built page: its files as they are sent, read once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STATIC = Path(__file__).parent / "static"
"""Where the build puts the page."""

INDEX = "/index.html"
ASSETS = "/assets/"
"""Files whose names hold a hash of what is in them."""

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Named here: the table of Python depends on files of the machine. No other file is sent."""

_PACKED = {"br": ".br", "gzip": ".gz"}
"""The suffix of a packed copy by the name of its encoding, the smallest first."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file: what is sent, by encoding; `identity` is the file itself."""

    media_type: str
    immutable: bool
    bodies: Mapping[str, bytes]
    tag: str

    def choose(self, accept_encoding: str) -> str:
        """The encoding to send to a client with this header Accept-Encoding."""
        qualities = _qualities(accept_encoding)
        return next((name for name in _PACKED if name in self.bodies and qualities.get(name)), "")

    def etag(self, encoding: str) -> str:
        """The entity tag of the file in `encoding`: other bytes have another one."""
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The files of the page by their addresses, `/index.html` among them where it is built."""

    files: Mapping[str, PageFile] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, address: str) -> PageFile | None:
        """The file at exactly this address."""
        return self.files.get(address)


def read_page(folder: Path = STATIC) -> PageFiles:
    """The page that is built in `folder`, empty where none is. Reads the disk."""
    paths = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.suffix in _MEDIA_TYPES and path.is_file()
    }
    return PageFiles({address: _read(address, path) for address, path in paths.items()})


def _read(address: str, path: Path) -> PageFile:
    content = path.read_bytes()
    bodies = {"": content}
    for encoding, suffix in _PACKED.items():
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            bodies[encoding] = packed.read_bytes()
    return PageFile(
        media_type=_MEDIA_TYPES[path.suffix],
        immutable=address.startswith(ASSETS),
        bodies=MappingProxyType(bodies),
        tag=hashlib.sha256(content).hexdigest()[:32],
    )


def _qualities(accept_encoding: str) -> dict[str, float]:
    """The quality of each encoding that the header names."""
    qualities = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        _, _, value = parameter.partition("=")
        try:
            qualities[name.strip()] = float(value) if value else 1.0
        except ValueError:
            qualities[name.strip()] = 0.0
    return qualities
