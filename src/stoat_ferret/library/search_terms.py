"""Parser for search queries: words, phrases, tags and exclusions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.library.text import QUOTATION_MARKS, fold, search_key

if TYPE_CHECKING:
    from collections.abc import Collection

# A minus or number sign is text if nothing follows it or if it is inside a word.
_TERM = re.compile(
    rf"""
    (?P<minus>-(?=[^\s-]))?
    (?P<tag>\#(?=[^\s#]))?
    (?: [{QUOTATION_MARKS}] (?P<phrase>[^{QUOTATION_MARKS}]*) (?:[{QUOTATION_MARKS}]|$)
      | (?P<word>\S+)
    )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, order=True)
class SearchTerm:
    """A search term: `text` must occur in the searched text, or must not if `is_excluded`.

    A video with a tag whose key is in `tags` counts as containing the text.
    """

    text: str
    tags: tuple[str, ...] = ()
    is_excluded: bool = False

    def matches(self, texts: Collection[str], tags: Collection[str]) -> bool:
        """Return whether the term matches a video with these search keys and tag keys."""
        occurs = any(self.text in text for text in texts)
        return (occurs or any(tag in tags for tag in self.tags)) is not self.is_excluded


def parse_search(q: str) -> list[SearchTerm]:
    """Return the terms of `q`, all of which must match; every text is a valid query.

    `"two words"` is a phrase, even without the second quotation mark; `-` excludes the term that
    follows; `#` searches for a tag, or for the same characters in the text.
    """
    terms = {_term(match): None for match in _TERM.finditer(q)}
    # An empty term would match everything.
    return sorted(term for term in terms if term.text)


def _term(match: re.Match[str]) -> SearchTerm:
    phrase, word = match["phrase"], match["word"]
    text = word if phrase is None else phrase.strip()
    is_excluded = match["minus"] is not None
    if match["tag"] is None or not search_key(text).strip():
        return SearchTerm(search_key(text), is_excluded=is_excluded)
    keys = tuple(sorted({fold(text), search_key(text)}))
    return SearchTerm(search_key(f"#{text}"), keys, is_excluded)
