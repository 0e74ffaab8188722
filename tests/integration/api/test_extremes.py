"""Values that are far too large, too long or not text, wherever a request has a value."""

from __future__ import annotations

import http.client
import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer

HUGE = int("9" * 400)
EXTREMES: tuple[object, ...] = (
    *(HUGE, -HUGE, 2**63, 1e308, True),
    *("a\0b", "\ud800", "x" * 300, "/" + "x" * 300, "9" * 400, f"1/{HUGE}", "9" * 5000),
    *("2026-01-" + "1" * 3000 + "T00:00:00Z", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00+99:99"),
    *([[[]]], {"a\0b": 1}),
)
RENDER = {
    "preset": "web-720p",
    "clips": [
        {
            "start_seconds": 0,
            "end_seconds": 1,
            "audio_stream": 0,
            "volume_db": 0,
            "fade_in_seconds": 0,
            "fade_out_seconds": 0,
            "speed": 1,
            "crop": {"x": 0, "y": 0, "width": 10, "height": 10},
            "transition": None,
        },
        {"gap_seconds": 1},
    ],
    "audio": [{"start_seconds": 0, "at_seconds": 0}],
    "name": "a name",
    "options": {
        "width": 100,
        "frame_rate": 25,
        "video_codec": "h264",
        "quality": 20,
        "loudness_lufs": -20,
        "texts": [{"text": "words", "start_seconds": 0, "end_seconds": 1, "size": 0.1}],
        "images": [{"image": {"root": "films", "path": "a.png"}, "start_seconds": 0}],
        "subtitle_stream": 0,
        "at_seconds": [1],
    },
}
SKIPPED = {"/api/v1/events"}
"""The routes whose answers do not end."""


@pytest.fixture(scope="module")
def video_id(client: httpx.Client, library: Path) -> str:
    assert scan(client, str(library / "small"))["status"] == "succeeded"
    found: str = client.get("/api/v1/videos").json()["items"][0]["id"]
    return found


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def leaves(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the places of all values in a body, including containers."""
    if place:
        yield place
    parts = enumerate(value) if isinstance(value, list) else ()
    for name, item in value.items() if isinstance(value, dict) else parts:
        yield from leaves(item, (*place, name))


def with_value(body: Any, place: tuple[str | int, ...], value: object) -> Any:
    changed = deepcopy(body)
    at = changed
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = value
    return changed


@dataclass
class PlainClient:
    """A connection that checks each answer: httpx takes as long for a request as the server."""

    connection: http.client.HTTPConnection

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a request; fail unless the server understood it, or told what is wrong with it."""
        target = f"{path}?{urlencode(query)}" if query else path
        self.connection.request(method.upper(), target, body, dict(headers or {}))
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status < 500, (method, target, body, headers, text)
        if answer.status >= 400 and method != "head":
            kind = answer.headers["content-type"]
            assert kind == "application/problem+json", (method, target, body, headers, text)


@pytest.fixture
def plain_client(server: RunningServer) -> Iterator[PlainClient]:
    address = urlsplit(server.url)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    yield PlainClient(connection)
    connection.close()


def bodies(document: dict[str, Any], video_id: str) -> Iterator[tuple[str, str, Any]]:
    """Yield each call that takes a body, with a body that fills many of its fields."""
    render: dict[str, Any] = deepcopy(RENDER)
    for piece in (render["clips"][0], render["audio"][0]):
        piece["video_id"] = video_id
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            content = call.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            schema = document["components"]["schemas"].get(name, {})
            known = content.get("example"), *schema.get("examples", ())
            for body in (render,) if name == "RenderRequest" else filter(None, known):
                yield method, path.replace("{video_id}", video_id).replace("{tag_id}", "1"), body


def test_no_value_in_any_body_is_a_failure_of_the_server(
    plain_client: PlainClient, document: dict[str, Any], video_id: str
) -> None:
    headers = {"content-type": "application/json", "if-match": "*"}
    calls = list(bodies(document, video_id))
    assert {path for _, path, _ in calls} > {"/api/v1/renders/plan", "/api/v1/videos/forget"}
    for method, path, body in calls:
        places = [] if path.endswith(("/renders", "/export", "/import")) else leaves(body)
        for place in places:
            for value in EXTREMES:
                wrong = json.dumps(with_value(body, place, value)).encode()
                plain_client.send(method, path, body=wrong, headers=headers)


def test_no_value_of_any_parameter_is_a_failure_of_the_server(
    plain_client: PlainClient, document: dict[str, Any], video_id: str
) -> None:
    texts = dict.fromkeys(text for text in map(str, EXTREMES) if text.isascii())
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            for parameter in call.get("parameters", ()) if path not in SKIPPED else ():
                where, name = parameter["in"], parameter["name"]
                for text in texts:
                    options: dict[str, Any] = {}
                    at = path
                    if where == "path":
                        at = path.replace(f"{{{name}}}", quote(text, safe=""))
                    elif where == "query":
                        options["query"] = {name: text}
                    else:
                        options["headers"] = {name: text.replace("\0", "")}
                    at = at.replace("{video_id}", video_id).replace("{number}", "0")
                    plain_client.send(method, at, **options)


@pytest.mark.parametrize("path", ["/api/v1/scans", "/api/v1/storyboards"])
def test_a_name_too_long_for_the_file_system_is_not_found(
    client: httpx.Client, library: Path, path: str
) -> None:
    answer = client.post(path, json={"path": str(library / ("x" * 300))})
    problem(answer, 404, "folder-not-found")
    problem(client.post(path, json={"path": "/" + "x" * 300}), 403, "path-outside-roots")
    folder = client.get("/api/v1/folders", params={"path": str(library / ("x" * 300))})
    problem(folder, 404, "folder-not-found")


def test_nul_is_named_with_its_place(client: httpx.Client, video_id: str) -> None:
    images = [{"image": {"root": "films", "path": "a\0.png"}}]
    body = {"preset": "web-720p", "clips": [{"video_id": video_id}], "options": {"images": images}}
    told = problem(client.post("/api/v1/renders/plan", json=body), 422, "malformed-request")
    assert told["errors"][0]["location"] == "body.options.images.0.image.path"
    assert "NUL" in told["errors"][0]["message"]
    told = problem(client.get("/api/v1/videos?folder=a%00b"), 422, "malformed-request")
    assert told["errors"][0]["location"] == "query.folder"
    written = client.patch(
        f"/api/v1/videos/{video_id}",
        json={"notes": r"as \u0000 is written"},
        headers={"if-match": "*"},
    )
    assert written.json()["notes"] == r"as \u0000 is written"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, " + "9" * 3000 + " Jan 2026 00:00:00 GMT",
        "Mon, 01 Jan " + "9" * 3000 + " 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +" + "9" * 30,
        "Mon, 01 Jan 0001 00:00:00 +2300",
        "Mon",
    ],
)
@pytest.mark.parametrize("name", ["if-modified-since", "if-unmodified-since", "if-range"])
def test_a_condition_that_is_no_date_is_none(
    client: httpx.Client, video_id: str, name: str, date: str
) -> None:
    headers = {name: date, "range": "bytes=0-1"}
    answer = client.get(f"/api/v1/videos/{video_id}/stream", headers=headers)
    assert answer.status_code in {200, 206, 412}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/videos", "GET"),
        ("/api/v1/jobs/x", "DELETE, GET"),
        ("/api/v1/videos/x/stream", "GET, HEAD"),
        ("/api/v1/tags/1", "DELETE, GET, PATCH"),
        ("/", "GET, HEAD"),
    ],
)
def test_a_method_that_is_refused_is_told_with_all_that_are_not(
    client: httpx.Client, path: str, allowed: str
) -> None:
    answer = client.put(path)
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed
