"""The HTTP client's handling of a server's answers; the e2e tests use the real server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from stoat_ferret.cli.client import LibraryClient, ServerUnreachableError
from stoat_ferret.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = SecretStr("a secret of the test")


@asynccontextmanager
async def answering(status: str, body: str) -> AsyncIterator[tuple[LibraryClient, list[bytes]]]:
    """Serve the same answer to every request; yield a client, and the requests received."""
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with LibraryClient.of_server(f"http://{host}:{port}", TOKEN) as client:
            yield client, requests


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        ("404 Not Found", '{"title": "No such job", "detail": "There is no job x."}', "no job x"),
        ("500 Oops", '{"title": "Internal error"}', "Internal error"),
        ("502 Bad Gateway", "<html>a proxy</html>", "answered with status 502"),
        ("409 Conflict", "[]", "answered with status 409"),
        ("401 Unauthorized", "{}", "STOAT_TOKEN"),
        ("200 OK", "<html>another program</html>", "is no stoat-ferret"),
    ],
)
async def test_every_bad_answer_is_a_sentence(status: str, body: str, sentence: str) -> None:
    async with answering(status, body) as (client, _):
        with pytest.raises(ServerError, match=sentence) as caught:
            await client.cancel_job("x")
    assert TOKEN.get_secret_value() not in str(caught.value)


async def test_a_page_is_asked_for_with_the_filters_that_are_given() -> None:
    body = '{"items": [{"id": "1"}], "next_cursor": "c", "total": 3}'
    async with answering("200 OK", body) as (client, requests):
        filters = {"q": "a b", "status": ["ok", "bad"], "codec": None}
        page = await client.list_videos(filters)
    assert (page.items, page.next_cursor, page.total) == ([{"id": "1"}], "c", 3)
    assert requests[0].startswith(b"GET /api/v1/videos?q=a+b&status=ok&status=bad HTTP/1.1\r\n")
    assert b"authorization: bearer a secret of the test\r\n" in requests[0].lower()


async def test_an_id_is_never_a_path() -> None:
    async with answering("200 OK", "{}") as (client, requests):
        await client.cancel_job("../videos/1?x")
    assert requests[0].startswith(b"POST /api/v1/jobs/..%2Fvideos%2F1%3Fx/cancel HTTP/1.1\r\n")


async def test_a_proxy_for_the_web_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with answering("200 OK", "{}") as (client, requests):
        await client.get_job("1")
    assert requests


async def test_no_answer_is_an_error_of_its_own() -> None:
    async with answering("200 OK", "{}") as (client, _):
        pass
    assert client.url
    async with LibraryClient.of_server(client.url, None) as client:
        with pytest.raises(ServerUnreachableError, match="does not answer"):
            await client.get_job("1")
