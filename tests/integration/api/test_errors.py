"""Every error is a problem that a person can act on."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.integration.api.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer

NOBODY = "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11"


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "no-such-address"),
        ("GET", "/api/v1/nowhere", 404, "no-such-address"),
        ("GET", "/api/v1/jobs/", 404, "no-such-address"),
        ("GET", "/api/v1/caf%E9", 404, "no-such-address"),
        ("PUT", "/api/v1/jobs", 405, "method-not-allowed"),
        ("POST", "/api/v1/videos", 405, "method-not-allowed"),
        ("GET", f"/api/v1/jobs/{NOBODY}", 404, "job-not-found"),
        ("POST", f"/api/v1/jobs/{NOBODY}/cancel", 404, "job-not-found"),
        ("POST", f"/api/v1/jobs/{NOBODY}/retry", 404, "job-not-found"),
        ("DELETE", f"/api/v1/jobs/{NOBODY}", 404, "job-not-found"),
        ("GET", f"/api/v1/videos/{NOBODY}", 404, "video-not-found"),
        ("GET", "/api/v1/videos/no-id-at-all", 404, "video-not-found"),
        ("DELETE", f"/api/v1/videos/{NOBODY}", 404, "video-not-found"),
        ("GET", "/api/v1/folders?path=/", 403, "path-outside-roots"),
        ("GET", "/api/v1/folders?path=relative", 422, "malformed-request"),
        ("GET", "/api/v1/videos?cursor=rubbish", 422, "invalid-cursor"),
        ("GET", "/api/v1/jobs?cursor=rubbish", 422, "invalid-cursor"),
        ("GET", "/api/v1/videos?limit=0", 422, "malformed-request"),
        ("GET", "/api/v1/videos?status=splendid", 422, "malformed-request"),
        ("GET", "/api/v1/videos?min_duration=nan", 422, "malformed-request"),
        ("GET", "/api/v1/videos?stauts=bad", 422, "malformed-request"),
        ("GET", "/api/v1/roots?limit=5", 422, "malformed-request"),
        ("GET", "/health/live?verbose=1", 422, "malformed-request"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: httpx.Client, method: str, path: str, status: int, slug: str
) -> None:
    problem(client.request(method, path), status, slug)


def test_a_refused_method_says_which_are_allowed(client: httpx.Client) -> None:
    answer = client.put("/api/v1/jobs")
    assert answer.headers["allow"] == "DELETE, GET"


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({}, "body.path"),
        ({"path": 5}, "body.path"),
        ({"path": "relative"}, "body.path"),
        ({"path": "/with\0nul"}, "body.path"),
        ({"path": "/" + "x" * 5000}, "body.path"),
        ({"path": "/x", "recursive": "perhaps"}, "body.recursive"),
        ({"path": "/x", "recursiv": True}, "body.recursiv"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_a_malformed_body_is_refused_field_by_field(
    client: httpx.Client, body: object, location: str
) -> None:
    found = problem(client.post("/api/v1/scans", json=body), 422, "malformed-request")
    assert [error["location"] for error in found["errors"]] == [location]


def test_what_is_malformed_is_said_in_our_words(client: httpx.Client) -> None:
    answer = client.post("/api/v1/scans", json={"path": "relative"})
    found = problem(answer, 422, "malformed-request")
    words = "must be an absolute path, such as /home/ada/Videos"
    assert found["detail"] == f"The request is malformed: body.path: {words}."
    assert found["errors"][0]["message"] == words


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 422),
        (b'{"path": "\\ud800"}', "application/json", 422),
        (b'"' + b"\xff" + b'"', "application/json", 400),
        (b"[" * 5000, "application/json", 422),
        (b'{"path": "/x"}', "text/plain", 422),
        (b"path=/x", "application/x-www-form-urlencoded", 422),
        (b"", "application/json", 422),
    ],
)
def test_a_body_that_is_no_json_is_refused(
    client: httpx.Client, content: bytes, media_type: str, status: int
) -> None:
    answer = client.post("/api/v1/scans", content=content, headers={"content-type": media_type})
    assert answer.status_code in {status, 400}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    answer = client.post("/api/v1/scans", json={"path": "/" + "x" * 100_000})
    problem(answer, 413, "body-too-large")


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(
    server: RunningServer,
) -> None:
    address = urlsplit(server.url)
    with closing(HTTPConnection(address.netloc, timeout=30)) as connection:
        connection.putrequest("GET", "/api/v1/jobs")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_a_body_that_hides_its_size_is_refused_too(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    headers = {"content-type": "application/json"}
    problem(client.post("/api/v1/scans", content=chunks(), headers=headers), 413, "body-too-large")


def test_folders_outside_the_roots_and_missing_ones_are_told_apart(
    client: httpx.Client, library: Path
) -> None:
    problem(client.post("/api/v1/scans", json={"path": "/etc"}), 403, "path-outside-roots")
    outside = str(library / "outside" / "etc")
    problem(client.post("/api/v1/scans", json={"path": outside}), 403, "path-outside-roots")
    above = str(library / ".." / "..")
    problem(client.post("/api/v1/scans", json={"path": above}), 403, "path-outside-roots")
    missing = str(library / "missing")
    problem(client.post("/api/v1/scans", json={"path": missing}), 404, "folder-not-found")


def test_a_request_id_is_kept_when_it_is_one(client: httpx.Client) -> None:
    answer = client.get("/nowhere", headers={"x-request-id": "from-the-proxy.1"})
    assert problem(answer, 404, "no-such-address")["request_id"] == "from-the-proxy.1"


@pytest.mark.parametrize("sent", ["with space", "x" * 65, '"><script>', ""])
def test_a_request_id_that_is_none_is_replaced(client: httpx.Client, sent: str) -> None:
    answer = client.get("/nowhere", headers={"x-request-id": sent})
    assert problem(answer, 404, "no-such-address")["request_id"] != sent


def test_of_thousands_of_faults_in_a_body_some_are_listed(client: httpx.Client) -> None:
    body = {f"field {number}": 1 for number in range(2000)}
    found = problem(client.post("/api/v1/scans", json=body), 422, "malformed-request")
    assert len(found["errors"]) == 20
