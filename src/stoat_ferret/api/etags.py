"""Versions of what people say about a video, as ETag and If-Match (RFC 9110) carry them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import RevisionMissingError

if TYPE_CHECKING:
    from collections.abc import Collection

REVISION_HEADER: dict[str, Any] = {
    "ETag": {
        "description": "The version of what people say about it: send it in If-Match.",
        "schema": {"type": "string", "examples": ['"3"']},
    }
}

# A weak one never matches here: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
_STRONG_TAG = re.compile(r'(?:^|,)[ \t]*"([0-9]{1,18})"[ \t]*(?=,|$)')


def etag(revision: int) -> str:
    """The strong entity tag of a revision."""
    return f'"{revision}"'


def revisions(if_match: str | None) -> Collection[int] | None:
    """Those that an If-Match header names; None for any. Raises `RevisionMissingError`."""
    if if_match is None or not if_match.strip():
        raise RevisionMissingError
    if if_match.strip() == "*":
        return None
    return {int(number) for number in _STRONG_TAG.findall(if_match)}
