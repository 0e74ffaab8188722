"""Which files to look at again, as the params of a job."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.video import HeightClass, VideoStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN_FILTERS = (
    *("q", "root", "folder", "codec", "hdr", "height_class"),
    *("min_height", "min_duration", "max_duration", "min_rating"),
)


@dataclass(frozen=True, slots=True)
class RescanRequest:
    """Videos by their ids, or all that a query finds, or one file, known or not.

    `file` is relative to the root with the name `root`.
    """

    video_ids: tuple[str, ...] = ()
    query: VideoQuery | None = None
    root: str | None = None
    file: str | None = None

    @property
    def which(self) -> tuple[str, ...] | VideoQuery:
        """The videos that are meant, where it is not one file."""
        return self.video_ids if self.query is None else self.query

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON."""
        if self.file is not None:
            return {"root": self.root, "file": self.file}
        if self.query is None:
            return {"video_ids": list(self.video_ids)}
        return {"query": _query_params(self.query)}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> RescanRequest | None:
        """The request that gave `params`; None for those of a scan of a folder."""
        if "file" in params:
            return cls(root=params["root"], file=params["file"])
        if "video_ids" in params:
            return cls(tuple(params["video_ids"]))
        if "query" in params:
            return cls(query=_query(params["query"]))
        return None

    @property
    def key(self) -> str:
        """The same for two requests that ask for the same."""
        params = self.params
        if self.file is None and self.query is None:
            params = {"video_ids": sorted(set(self.video_ids))}
        text = json.dumps(params, sort_keys=True)
        return f"scan:files:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def _query_params(query: VideoQuery) -> dict[str, Any]:
    given = {name: getattr(query, name) for name in _PLAIN_FILTERS}
    params = {name: value for name, value in given.items() if value not in (None, "")}
    return {
        **{name: str(v) if isinstance(v, HeightClass) else v for name, v in params.items()},
        "tags": sorted(query.tags),
        "status": sorted(status.value for status in query.status),
    }


def _query(params: Mapping[str, Any]) -> VideoQuery:
    values = {name: params[name] for name in _PLAIN_FILTERS if name in params}
    if "height_class" in values:
        values["height_class"] = HeightClass(values["height_class"])
    return VideoQuery(
        **values,
        tags=frozenset(params["tags"]),
        status=frozenset(map(VideoStatus, params["status"])),
    )
