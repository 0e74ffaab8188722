"""Which contact strips to make, as the params of a job."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stoat_ferret.library.picture_versions import with_ids, without_strip
from stoat_ferret.library.scope import Scope, folders_above
from stoat_ferret.media.picture_files import STRIP_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from stoat_ferret.library.video import Root

STRIP = "strip"
STRIP_PRIORITY = -10


@dataclass(frozen=True, slots=True)
class StripRequest:
    """Those of some videos, or of all in a folder of a root that have none, or of all."""

    video_ids: tuple[str, ...] | None = None
    root: str | None = None
    folder: str = ""

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON."""
        if self.video_ids is not None:
            return {"video_ids": list(self.video_ids)}
        return {} if self.root is None else {"root": self.root, "folder": self.folder}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> StripRequest:
        """The request that gave `params`."""
        ids = params.get("video_ids")
        return cls(
            None if ids is None else tuple(ids), params.get("root"), params.get("folder", "")
        )

    @property
    def key(self) -> str:
        """The same for two requests that ask for the same strips."""
        if self.video_ids is not None:
            names = "\n".join(sorted(set(self.video_ids))).encode("utf-8", "replace")
            return f"{STRIP}:videos:{hashlib.blake2b(names, digest_size=16).hexdigest()}"
        return STRIP if self.root is None else f"{STRIP}:folder:{self.root}:{self.folder}"

    @classmethod
    def keys_over(cls, root: Root, path: str) -> set[str]:
        """The keys of all requests for folders, and for everything, that hold this file."""
        folders = folders_above(path)
        return {cls().key, *(cls(None, root.name, folder).key for folder in folders)}

    def wanted(self, roots: Mapping[str, Root]) -> sa.ColumnElement[bool]:
        """The condition that a video is among those; a root that is unknown is a `KeyError`."""
        if self.video_ids is not None:
            return with_ids(STRIP_VERSION, self.video_ids)
        if self.root is None:
            return without_strip(STRIP_VERSION)
        return without_strip(STRIP_VERSION, Scope(roots[self.root].id, self.folder))
