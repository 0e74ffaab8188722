"""Entity tags, the conditions that use them (RFC 9110), and the tags of revisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import RevisionMissingError

if TYPE_CHECKING:
    from collections.abc import Collection

REVISION_HEADER: dict[str, Any] = {
    "ETag": {
        "description": "The version of what is returned: send it in If-Match when you edit it.",
        "schema": {"type": "string", "examples": ['"3"']},
    }
}

# A weak tag never matches here: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
_ENTITY_TAG = re.compile(r'(W/)?("[^"]*")')
_STRONG_TAG = re.compile(r'(?:^|,)[ \t]*"([0-9]{1,18})"[ \t]*(?=,|$)')


def is_among(condition: str, etag: str, *, weak: bool) -> bool:
    """Return whether an If-Match or If-None-Match header contains the strong tag `etag`.

    `weak` compares like If-None-Match: https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2
    """
    if condition.strip() == "*":
        return True
    found = _ENTITY_TAG.findall(condition)
    return any(tag == etag and (weak or not mark) for mark, tag in found)


def etag(revision: int) -> str:
    """Return the strong entity tag of a revision."""
    return f'"{revision}"'


def revisions(if_match: str | None) -> Collection[int] | None:
    """Return the revisions in an If-Match header; None for any. Raises `RevisionMissingError`."""
    if if_match is None or not if_match.strip():
        raise RevisionMissingError
    if if_match.strip() == "*":
        return None
    return {int(number) for number in _STRONG_TAG.findall(if_match)}
