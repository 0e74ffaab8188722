"""Access control on the wire: safe by default."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from tests.integration.api.problems import problem
from tests.integration.api.server import RunningServer, running_server

from stoat_ferret.api.security import MOST_WRONG, WINDOW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.config import Settings

TOKEN = "correct horse battery staple"  # noqa: S105  that of these tests


@pytest.fixture(scope="module")
def guarded(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    update = {"token": SecretStr(TOKEN), "data_dir": tmp_path_factory.mktemp("guarded")}
    with running_server(settings.model_copy(update=update)) as server:
        yield server


@pytest.fixture
def anonymous(guarded: RunningServer) -> Iterator[httpx.Client]:
    with guarded.client() as client:
        yield client


def operations(client: httpx.Client) -> list[tuple[str, str]]:
    document = client.get(
        "/api/v1/openapi.json", headers={"authorization": f"Bearer {TOKEN}"}
    ).json()
    return [(method, path) for path, calls in document["paths"].items() for method in calls]


def test_every_call_but_the_open_ones_needs_the_token(anonymous: httpx.Client) -> None:
    open_calls = {
        ("get", "/health/live"),
        ("get", "/health/ready"),
        ("post", "/api/v1/session"),
        ("delete", "/api/v1/session"),
    }
    calls = operations(anonymous)
    assert len(calls) > 15
    for method, path in {*calls, ("get", "/api/v1/openapi.json"), ("get", "/x")} - open_calls:
        answer = anonymous.request(method.upper(), path)
        if method == "head":  # which has no body to say why
            assert answer.status_code == 401
        else:
            problem(answer, 401, "token-required")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer", f"Basic {TOKEN}", f"Token {TOKEN}"])
def test_a_wrong_token_is_none(anonymous: httpx.Client, sent: str) -> None:
    answer = anonymous.get("/api/v1/jobs", headers={"authorization": sent})
    problem(answer, 401, "token-required")


def test_the_token_opens_the_door(anonymous: httpx.Client) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert anonymous.get("/api/v1/jobs", headers=headers).status_code == 200
    assert anonymous.get("/metrics", headers=headers).status_code == 200


def test_who_guesses_the_token_has_to_wait_and_those_inside_do_not(
    settings: Settings, tmp_path: Path
) -> None:
    update = {"token": SecretStr(TOKEN), "data_dir": tmp_path}
    guarded = settings.model_copy(update=update)
    with running_server(guarded) as server, server.client() as guesser, server.client() as known:
        assert known.post("/api/v1/session", json={"token": TOKEN}).status_code == 204
        for number in range(MOST_WRONG // 2):
            headers = {"authorization": f"Bearer {number}"}
            assert guesser.get("/api/v1/jobs", headers=headers).status_code == 401
            assert guesser.post("/api/v1/session", json={"token": "no"}).status_code == 401
        right = {"authorization": f"Bearer {TOKEN}"}
        for answer in (
            guesser.get("/api/v1/jobs", headers=right),
            guesser.post("/api/v1/session", json={"token": TOKEN}),
        ):
            problem(answer, 429, "too-many-wrong-tokens")
            assert 0 < int(answer.headers["retry-after"]) <= WINDOW_SECONDS
        told = guesser.get("/health/ready", headers=right).json()["checks"]
        assert all(check["detail"] is None for check in told.values())
        problem(guesser.get("/api/v1/jobs"), 401, "token-required")
        assert known.get("/api/v1/jobs").status_code == 200


def test_nobody_gets_more_guesses_by_naming_other_addresses(
    settings: Settings, tmp_path: Path
) -> None:
    update = {"token": SecretStr(TOKEN), "data_dir": tmp_path}
    guarded = settings.model_copy(update=update)
    with running_server(guarded) as server, server.client() as guesser:
        for number in range(MOST_WRONG):
            headers = {"x-forwarded-for": f"10.0.0.{number}", "authorization": f"Bearer {number}"}
            assert guesser.get("/api/v1/jobs", headers=headers).status_code == 401
        headers["x-forwarded-for"] = "10.0.1.1"
        problem(guesser.get("/api/v1/jobs", headers=headers), 429, "too-many-wrong-tokens")


def test_guesses_behind_a_trusted_proxy_count_for_who_made_them(
    settings: Settings, tmp_path: Path
) -> None:
    update = {
        "token": SecretStr(TOKEN),
        "trusted_proxies": ("127.0.0.0/8",),
        "data_dir": tmp_path,
    }
    with running_server(settings.model_copy(update=update)) as server, server.client() as proxy:
        for number in range(MOST_WRONG):
            # The address that the client claims comes first: only the last one is the proxy's word.
            headers = {
                "x-forwarded-for": f"10.0.0.{number}, 192.0.2.7",
                "authorization": f"Bearer {number}",
            }
            assert proxy.get("/api/v1/jobs", headers=headers).status_code == 401
        right = {"authorization": f"Bearer {TOKEN}"}
        for address, status in (("192.0.2.7", 429), ("10.0.0.1", 200), ("10.9.9.9", 200)):
            answer = proxy.get("/api/v1/jobs", headers={**right, "x-forwarded-for": address})
            assert answer.status_code == status, address


def test_health_is_open_and_says_no_details_to_strangers(
    guarded: RunningServer, anonymous: httpx.Client
) -> None:
    guarded.check_health()
    assert anonymous.get("/health/live").json() == {"status": "live"}
    told = anonymous.get("/health/ready").json()["checks"]
    parts = {"database", "queue", "output", "roots", "watching"}
    assert set(told) == parts | {"ffmpeg", "ffprobe"}
    assert all(check["detail"] is None for check in told.values())
    known = anonymous.get("/health/ready", headers={"authorization": f"Bearer {TOKEN}"})
    assert all(check["detail"] for check in known.json()["checks"].values())


def test_a_browser_signs_in_for_a_cookie_and_out(anonymous: httpx.Client) -> None:
    refused = anonymous.post("/api/v1/session", json={"token": "wrong"})
    problem(refused, 401, "token-required")
    assert "set-cookie" not in refused.headers
    answer = anonymous.post("/api/v1/session", json={"token": TOKEN})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert anonymous.get("/api/v1/jobs").status_code == 200
    with anonymous.stream("GET", "/api/v1/events") as events:
        assert events.status_code == 200
    assert anonymous.delete("/api/v1/session").status_code == 204
    assert anonymous.get("/api/v1/jobs").status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        *(
            "//api/v1/videos",
            "/API/v1/videos",
            "/Api/v1/videos",
            "/api",
            "/api/",
            "/./api/v1/videos",
        ),
        *("/assets/../api/v1/videos", "/assets/%2e%2e/api/v1/videos", "/assets//api/v1/videos"),
        *("/%2fapi/v1/videos", "%2fapi/v1/videos", "/api%2fv1/videos", "/%61pi/v1/videos"),
        *("/jobs/../api/v1/videos", "/videos/..%2fapi/v1/videos", "/videos//api/v1/videos"),
        *("/jobs;/api/v1/videos", "/jobs%0a", "/jobs%00", "/\\api/v1/videos", "/index.html/api"),
        *("/metrics", "//metrics", "/Metrics", "/metrics/", "/jobs/../metrics", "/sign-in.js"),
    ],
)
def test_no_odd_path_leads_round_the_token(guarded: RunningServer, path: str) -> None:
    # A client that sends the path unchanged; the others normalize it.
    connection = http.client.HTTPConnection("127.0.0.1", httpx.URL(guarded.url).port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status in {400, 401, 404}
    assert b"items" not in body
    assert b"stoat_" not in body  # as in the figures


def test_the_page_is_open_and_shows_strangers_nothing_of_the_library(
    anonymous: httpx.Client, settings: Settings
) -> None:
    for path in ("/", "/jobs", "/settings", f"/videos/{UUID(int=0)}"):
        answer = anonymous.get(path)
        assert answer.status_code == 200
        assert '<div id="root">' in answer.text
        assert str(settings.roots[0]) not in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1/jobs", "/nowhere", "/health/live"])
def test_every_answer_carries_the_headers_that_keep_pages_apart(
    client: httpx.Client, path: str
) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/api/v1/jobs", "/health/live", "/nowhere"])
def test_another_name_for_this_machine_is_refused(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"host": "evil.example:8765"})
    problem(answer, 403, "host-not-allowed")


def test_pages_of_other_sites_can_change_nothing(client: httpx.Client, settings: Settings) -> None:
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        body = {"path": str(settings.roots[0])}
        answer = client.post("/api/v1/scans", json=body, headers=headers)
        problem(answer, 403, "origin-not-allowed")
        problem(client.get("/api/v1/events", headers=headers), 403, "origin-not-allowed")
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_own_pages_can(server: RunningServer, client: httpx.Client) -> None:
    headers = {"origin": server.url, "sec-fetch-site": "same-origin"}
    assert client.delete("/api/v1/session", headers=headers).status_code == 204


def test_the_health_check_of_the_image_needs_no_token(guarded: RunningServer) -> None:
    containerfile = Path(__file__).parents[3] / "deploy" / "Containerfile"
    check = r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$"
    (text,) = re.findall(check, containerfile.read_text(), re.MULTILINE)
    _, *arguments = json.loads(text)
    for port, exit_code in ((httpx.URL(guarded.url).port, 0), (1, 1)):
        variables = {**os.environ, "STOAT_PORT": str(port)}
        result = subprocess.run(
            [sys.executable, *arguments],
            env=variables,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == exit_code, result.stderr
