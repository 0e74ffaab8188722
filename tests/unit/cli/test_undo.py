"""Edits that can be undone, in words."""

from __future__ import annotations

from typing import Any

import pytest

from stoat_ferret.cli.commands.undo import words_of
from stoat_ferret.library.collection_undo import change_of


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"forget": True}, "removed from the library"),
        ({"rating": 4, "add_tags": ["sea", "sun"]}, "rating: 4, tags added: sea, sun"),
        ({"title": None, "remove_tags": ["new"]}, "title cleared, tags removed: new"),
        ({"of_tomorrow": 1}, "of tomorrow: 1"),
        ({"respell": {"before": "sea", "after": "Sea"}}, "tag sea spelled Sea"),
        ({"resolve": {"f:1": None}}, "duplicates resolved"),
        ({"markers": {}}, "marker removed"),
        (change_of("delete", "1", "Summer"), "collection Summer: delete"),
    ],
)
def test_an_edit_is_described_in_a_few_words(change: dict[str, Any], words: str) -> None:
    assert words_of(change) == words
