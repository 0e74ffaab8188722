"""Requests generated from the description of the interface, one by one and in sequences.

Whatever is sent, the server does not fail, and answers what the description says.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from schemathesis import BaseSchema
    from tests.integration.api.server import RunningServer


@pytest.fixture(scope="module")
def video_id(client: httpx.Client, library: Path) -> str:
    assert scan(client, str(library))["status"] == "succeeded"
    found: str = client.get("/api/v1/videos").json()["items"][0]["id"]
    return found


@pytest.fixture(scope="module")
def described(server: RunningServer) -> BaseSchema:
    from tests.integration.api.conformance import read_description

    return read_description(server.url)


def try_calls(described: BaseSchema, examples: int, video_id: str, library: Path) -> int:
    from tests.integration.api.conformance import naming, try_each_operation

    change = partial(naming, video_id=video_id, path=str(library))
    return try_each_operation(described, examples, change)


def try_sequences(described: BaseSchema, examples: int) -> None:
    from tests.integration.api.conformance import follow_sequences

    follow_sequences(described, examples)


def test_each_call_answers_as_it_is_described(
    described: BaseSchema, video_id: str, library: Path
) -> None:
    assert try_calls(described, 3, video_id, library) > 130


@pytest.mark.usefixtures("video_id")
def test_sequences_of_calls_answer_as_they_are_described(described: BaseSchema) -> None:
    try_sequences(described, 4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_each_call_answers_as_it_is_described_however_often(
    described: BaseSchema, video_id: str, library: Path
) -> None:
    assert try_calls(described, 200, video_id, library) > 5000


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("video_id")
def test_sequences_of_calls_answer_as_they_are_described_however_many(
    described: BaseSchema,
) -> None:
    try_sequences(described, 200)
