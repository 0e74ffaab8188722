"""Garbage in requests is explained, and never makes the server fail."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.library.query import VideoQuery

MANY = trials(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

NAMES = st.sampled_from(
    [
        *(field.alias or name for name, field in VideoQuery.model_fields.items()),
        *("kind", "path"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["ok", "missing", "name", "desc", "running", "HDR10+", "/", "/etc", "file:///%00"]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "path": st.one_of(JSON, st.text(max_size=40).map("/".__add__)),
        "recursive": JSON,
        "force": JSON,
        "token": JSON,
    },
)


def is_understood(answer: httpx.Response) -> bool:
    """Return whether the server sent an answer that a client can act on."""
    media_type = answer.headers.get("content-type", "")
    return answer.status_code < 400 or (
        answer.status_code < 500 and media_type == "application/problem+json"
    )


@pytest.mark.parametrize(
    "path", ["/api/v1/videos", "/api/v1/jobs", "/api/v1/folders", "/api/v1/roots", "/"]
)
@given(parameters=st.lists(st.tuples(NAMES, VALUES), max_size=4))
@MANY
def test_no_parameter_makes_the_server_fail(
    client: httpx.Client, path: str, parameters: list[tuple[str, str | int | float | bool | None]]
) -> None:
    answer = client.get(path, params=httpx.QueryParams(parameters))
    assert is_understood(answer), (answer.status_code, answer.text)


@pytest.mark.parametrize("path", ["/api/v1/scans", "/api/v1/session"])
@given(body=BODIES)
@MANY
def test_no_body_makes_the_server_fail(
    client: httpx.Client, path: str, body: dict[str, object]
) -> None:
    answer = client.post(path, json=_without_nan(body))
    assert is_understood(answer), (answer.status_code, answer.text)


@pytest.mark.parametrize("path", ["/api/v1/scans", "/api/v1/session"])
@given(content=st.binary(max_size=60))
@MANY
def test_no_bytes_make_the_server_fail(client: httpx.Client, path: str, content: bytes) -> None:
    answer = client.post(path, content=content, headers={"content-type": "application/json"})
    assert is_understood(answer), (answer.status_code, answer.text)


@pytest.mark.parametrize("prefix", ["/", "/api/v1/jobs/", "/api/v1/videos/", "/health/"])
@given(rest=st.binary(min_size=1, max_size=20))
@MANY
def test_no_address_makes_the_server_fail(client: httpx.Client, prefix: str, rest: bytes) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in rest)
    answer = client.get(prefix + quoted)
    assert is_understood(answer), (answer.status_code, answer.text)


@given(
    name=st.sampled_from(["origin", "authorization", "cookie", "x-request-id", "accept"]),
    value=st.lists(st.integers(0x21, 0xFF).filter(lambda byte: byte != 0x7F)).map(bytes),
)
@MANY
def test_no_header_makes_the_server_fail(client: httpx.Client, name: str, value: bytes) -> None:
    answer = client.delete("/api/v1/session", headers=[(name.encode(), value)])
    assert is_understood(answer), (answer.status_code, answer.text)


def _without_nan(value: object) -> object:
    """Return `value` without the numbers that JSON lacks."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return value
