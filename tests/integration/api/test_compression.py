"""Compression of what the server sends: text for clients that accept it, and nothing else."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.streams import scan

from stoat_ferret.api.compression import LARGE_BYTES, LEAST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer

VIDEOS = "/api/v1/videos?status=ok&status=bad"
LARGE = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def client(server: RunningServer, library: Path) -> Iterator[httpx.Client]:
    """Open a client that accepts no compression, of a server that has scanned the library."""
    with server.client(headers={"accept-encoding": "identity"}) as client:
        assert scan(client, str(library))["status"] == "succeeded"
        yield client


def _get(client: httpx.Client, address: str, accepted: str = "gzip", **headers: str) -> Any:
    """Return the response, with the body as it was sent."""
    sent = {"accept-encoding": accepted, **headers}
    with client.stream("GET", address, headers=sent) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("address", [VIDEOS, LARGE, "/metrics"])
def test_text_is_compressed_and_the_same(client: httpx.Client, address: str) -> None:
    response, body = _get(client, address)
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "accept-encoding"
    assert int(response.headers["content-length"]) == len(body)
    whole = gzip.decompress(body)
    assert len(body) < len(whole) / 2
    if address != "/metrics":  # which counts this request
        assert json.loads(whole) == client.get(address).json()


def test_the_large_body_of_these_tests_is_one(client: httpx.Client) -> None:
    assert len(client.get(LARGE).content) > LARGE_BYTES


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "deflate, gzip;q=no"])
def test_who_does_not_accept_it_gets_plain_text(client: httpx.Client, accepted: str) -> None:
    response, body = _get(client, VIDEOS, accepted)
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "accept-encoding", "caches must tell both apart"
    assert json.loads(body)["items"]


def test_small_bodies_stay_as_they_are(client: httpx.Client) -> None:
    response, body = _get(client, "/api/v1/jobs?limit=1&status=queued")
    assert len(body) < LEAST_BYTES
    assert "content-encoding" not in response.headers


def test_what_has_an_entity_tag_stays_as_it_is_so_that_the_tag_can_be_sent_back(
    client: httpx.Client,
) -> None:
    video_id = client.get("/api/v1/videos").json()["items"][0]["id"]
    address = f"/api/v1/videos/{video_id}"
    response, body = _get(client, address)
    assert "content-encoding" not in response.headers
    assert len(body) > LEAST_BYTES
    condition = {"if-match": response.headers["etag"]}
    assert client.patch(address, json={"rating": 4}, headers=condition).status_code == 200


def test_files_ranges_and_pictures_stay_as_they_are(client: httpx.Client) -> None:
    video = client.get("/api/v1/videos").json()["items"][0]
    whole, content = _get(client, video["stream_url"])
    assert "content-encoding" not in whole.headers
    assert len(content) == video["size_bytes"]
    part, some = _get(client, video["stream_url"], range="bytes=100-4099")
    assert part.status_code == 206
    assert "content-encoding" not in part.headers
    assert some == content[100:4100]
    picture, _ = _get(client, video["thumbnail_url"])
    assert picture.headers["content-type"] == "image/webp"
    assert "content-encoding" not in picture.headers


def test_events_are_sent_as_they_happen(client: httpx.Client) -> None:
    headers = {"accept-encoding": "gzip"}
    with client.stream("GET", "/api/v1/events", headers=headers) as response:
        assert "content-encoding" not in response.headers
        assert next(response.iter_lines()) is not None
