"""The page's types are those of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import generate_api_types

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_every_path_of_the_interface_is_described_without_a_server() -> None:
    description = await generate_api_types.describe()
    assert '"/api/v1/scans"' in description


def test_types_that_differ_are_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = tmp_path / "schema.ts"
    assert not generate_api_types.is_same(b"export interface paths {}", schema)
    schema.write_text("export interface paths {}")
    assert generate_api_types.is_same(b"export interface paths {}", schema)
    assert not generate_api_types.is_same(b"export interface paths {} ", schema)
    told = capsys.readouterr().err
    assert told.count("generate_api_types.py` and commit what it writes.") == 2
