"""Delivery of the built page: its document at every address, its files compressed and cached."""

from __future__ import annotations

import base64
import gzip
import hashlib
from typing import TYPE_CHECKING

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from stoat_ferret.config import Settings

INLINE = " document.title = 'of the first paint'; "
DOCUMENT = f'<!doctype html><html lang="en"><title>page</title><script>{INLINE}</script>'
SCRIPT = "console.log('a script that is packed');" * 100
BROTLI = b"what the build packed with brotli"


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(DOCUMENT)
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "index-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "index-1a2b.js.br").write_bytes(BROTLI)
    (folder / "web.sha256").write_text("0")
    return folder


@pytest.fixture(scope="module")
def page(settings: Settings, page_folder: Path) -> Iterator[httpx.Client]:
    """Open a client of a server with that page, which accepts no compression."""
    with (
        running_server(settings, page_folder=page_folder) as server,
        server.client(headers={"accept-encoding": "identity"}) as client,
    ):
        yield client


@pytest.mark.parametrize(
    "address",
    ["/", "/?q=beach", "/videos/0199-a_b", "/jobs", "/jobs/", "/jobs/1", "/render", "/settings"],
)
def test_every_address_of_the_page_gives_its_document(page: httpx.Client, address: str) -> None:
    answer = page.get(address)
    assert answer.text == DOCUMENT
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    head = page.head(address)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(DOCUMENT))


def test_the_document_is_asked_for_each_time_and_sent_only_if_it_changed(
    page: httpx.Client,
) -> None:
    tag = page.get("/").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = page.get("/jobs", headers={"if-none-match": known})
        assert answer.status_code == 304
        assert answer.headers["etag"] == tag
        assert answer.content == b""
    assert page.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_files_with_a_hash_in_their_name_are_kept_for_ever(page: httpx.Client) -> None:
    answer = page.get("/assets/index-1a2b.js")
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert page.get("/icon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=nonsense", None),
        ("identity", None),
        ("", None),
    ],
)
def test_files_are_sent_packed_as_the_client_understands(
    page: httpx.Client, accepted: str, sent: str | None
) -> None:
    address = "/assets/index-1a2b.js"
    with page.stream("GET", address, headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == sent
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-length"] == str(len(body))
    if sent == "br":
        assert body == BROTLI
    else:
        assert (gzip.decompress(body) if sent else body) == SCRIPT.encode()


def test_each_encoding_has_an_entity_tag_of_its_own(page: httpx.Client) -> None:
    address = "/assets/index-1a2b.js"
    tags = {
        page.head(address, headers={"accept-encoding": accepted}).headers["etag"]
        for accepted in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/api/v1/nothing",
            "/api",
            "/assets/gone-3c4d.js",
            "/assets/",
            "/metrics/x",
            "/web.sha256",
        ),
        *("/assets/index-1a2b.js.br", "/favicon.ico", "/videos/a.mp4", "/health/nothing"),
    ],
)
def test_what_is_not_there_is_a_problem_and_never_the_document(
    page: httpx.Client, address: str
) -> None:
    problem(page.get(address, headers={"accept": "text/html"}), 404, "no-such-address")


@pytest.mark.parametrize("address", ["/nowhere", "/Jobs/nothing", "/a%20b/%C3%A9"])
def test_a_browser_that_has_lost_its_way_gets_the_page_to_say_so(
    page: httpx.Client, address: str
) -> None:
    answer = page.get(address, headers={"accept": "text/html,*/*;q=0.8", "if-none-match": "*"})
    assert answer.status_code == 404
    assert answer.text == DOCUMENT
    assert answer.headers["cache-control"] == "no-store"
    assert "style-src" in answer.headers["content-security-policy"]
    problem(page.get(address, headers={"accept": "*/*"}), 404, "no-such-address")
    problem(page.post(address, headers={"accept": "text/html"}), 404, "no-such-address")


def test_the_page_can_only_be_read(page: httpx.Client) -> None:
    answer = page.post("/")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD"


def test_only_the_document_may_carry_styles_and_the_scripts_that_it_was_built_with(
    page: httpx.Client,
) -> None:
    policy = page.get("/").headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "script-src" not in page.get("/icon.svg").headers["content-security-policy"]
    assert "unsafe" not in page.get("/icon.svg").headers["content-security-policy"]
    assert "unsafe" not in page.get("/api/v1/jobs").headers["content-security-policy"]


def test_a_server_without_the_page_says_how_to_build_it_and_works(
    settings: Settings, tmp_path: Path
) -> None:
    with (
        running_server(
            settings.model_copy(update={"data_dir": tmp_path}), page_folder=tmp_path / "nothing"
        ) as server,
        server.client() as client,
    ):
        answer = client.get("/")
        assert '<div id="root">' in answer.text
        assert "scripts/build_page.py" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert client.get("/api/v1/jobs").status_code == 200
