"""The files of videos over HTTP."""

from __future__ import annotations

import os
import random
import shutil
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from pydantic import SecretStr
from tests.clips import small_clips
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import scan

from stoat_ferret.api.open_file import THREADS, VideoFiles
from stoat_ferret.config import load_settings
from stoat_ferret.disk import DiskThreads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer

BIG_BYTES = 40_000_000
SECRET = "what only the test knows"  # noqa: S105  it is one


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a big clip, and others that tests change."""
    root = tmp_path_factory.mktemp("films")
    clips = small_clips(root, 8)
    noise = seeded(7).randbytes(BIG_BYTES - clips[0].stat().st_size - 8)
    box = (len(noise) + 8).to_bytes(4, "big") + b"free" + noise
    (root / "big.mp4").write_bytes(clips[0].read_bytes() + box)
    (root / os.fsdecode(b"caf\xe9 %s.mp4" % "\N{SNOWMAN}".encode())).hardlink_to(clips[1])
    (root / "page.mp4").write_text("<html>")
    return root


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  the same bytes and places in each run


def url_of(client: httpx.Client, path: str) -> str:
    query: dict[str, Any] = {"q": path, "status": ["ok", "bad", "skipped", "missing"]}
    (video,) = client.get("/api/v1/videos", params=query).json()["items"]
    url = f"/api/v1/videos/{video['id']}/stream"
    assert video["stream_url"] == (None if video["status"] == "missing" else url)
    return url


@pytest.fixture
def big(client: httpx.Client) -> str:
    return url_of(client, "big.mp4")


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def open_files(folder: Path) -> list[str]:
    """Return the files below `folder` that this process, which is the server too, has open."""
    found = psutil.Process().open_files()
    return [file.path for file in found if file.path.startswith(str(folder))]


def test_the_whole_file_comes_as_it_is(client: httpx.Client, library: Path, big: str) -> None:
    answer = client.get(big)
    content = (library / "big.mp4").read_bytes()
    assert (answer.status_code, answer.content == content) == (200, True)
    headers = answer.headers
    assert headers["content-length"] == str(BIG_BYTES)
    assert headers["content-type"] == "video/mp4"
    assert headers["accept-ranges"] == "bytes"
    assert headers["content-disposition"] == 'inline; filename="big.mp4"'
    assert headers["cache-control"] == "private, no-cache"
    assert headers["x-content-type-options"] == "nosniff"


def test_head_says_the_same_and_sends_nothing(client: httpx.Client, big: str) -> None:
    for headers in ({}, {"range": "bytes=5-9"}, {"range": f"bytes={BIG_BYTES}-"}):
        head, get = client.head(big, headers=headers), client.get(big, headers=headers)
        assert head.status_code == get.status_code
        assert head.content == b""
        own = {"date", "x-request-id"}
        told = [{name: h for name, h in a.headers.items() if name not in own} for a in (head, get)]
        assert told[0] == told[1]


def test_twenty_seeks_give_the_bytes_of_the_file(
    client: httpx.Client, library: Path, big: str
) -> None:
    content = (library / "big.mp4").read_bytes()
    rng = seeded(20)
    for _ in range(20):
        start = rng.randrange(BIG_BYTES)
        end = min(BIG_BYTES, start + rng.choice([1, 1000, 65_536, 3_000_000]))
        answer = client.get(big, headers={"range": f"bytes={start}-{end - 1}"})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{BIG_BYTES}"
        assert answer.headers["content-length"] == str(end - start)
        assert answer.content == content[start:end]
    assert client.get(big, headers={"range": "bytes=-9"}).content == content[-9:]
    assert client.get(big, headers={"range": f"bytes={start}-"}).content == content[start:]


def test_a_range_that_is_not_there_is_refused(client: httpx.Client, big: str) -> None:
    answer = client.get(big, headers={"range": f"bytes={BIG_BYTES}-"})
    problem(answer, 416, "no-such-range")
    assert answer.headers["content-range"] == f"bytes */{BIG_BYTES}"


def test_several_ranges_are_answered_with_the_whole_file(
    client: httpx.Client, library: Path
) -> None:
    answer = client.get(url_of(client, "clip-0002"), headers={"range": "bytes=0-1,5-6"})
    assert answer.status_code == 200
    assert answer.content == (library / "clip-0002.mp4").read_bytes()


def test_what_a_client_has_already_is_not_sent_again(client: httpx.Client, big: str) -> None:
    headers = client.head(big).headers
    assert headers["etag"].startswith('"')
    for condition in ("if-none-match", "if-modified-since"):
        told = headers["etag" if condition == "if-none-match" else "last-modified"]
        answer = client.get(big, headers={condition: told})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == headers["etag"]


def test_a_file_that_changed_is_sent_anew_and_as_it_is_now(
    client: httpx.Client, library: Path
) -> None:
    url = url_of(client, "clip-0003")
    file = library / "clip-0003.mp4"
    before = client.get(url, headers={"range": "bytes=0-9"})
    status = file.stat()
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    for told in (before.headers["etag"], format_datetime(_year_2000(), usegmt=True)):
        answer = client.get(url, headers={"range": "bytes=0-9", "if-range": told})
        assert (answer.status_code, answer.content) == (200, file.read_bytes())
    again = {"range": "bytes=0-9", "if-range": answer.headers["etag"]}
    assert client.get(url, headers=again).status_code == 206
    answer = client.get(url, headers={"if-match": before.headers["etag"]})
    problem(answer, 412, "file-changed")


def _year_2000() -> Any:
    return datetime(2000, 1, 1, tzinfo=UTC)


def test_a_name_that_is_not_text_is_shown_with_marks(client: httpx.Client) -> None:
    mark, snowman = "\N{REPLACEMENT CHARACTER}", "\N{SNOWMAN}"
    answer = client.head(url_of(client, snowman))
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"caf_ _.mp4\"; filename*=UTF-8''caf%EF%BF%BD%20%E2%98%83.mp4"
    )
    assert mark.encode().hex() == "efbfbd"


def test_a_bad_file_is_sent_as_nothing_in_particular(client: httpx.Client) -> None:
    answer = client.get(url_of(client, "page.mp4"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.text == "<html>"


def test_what_is_not_there_or_not_a_file_in_the_root_is_a_problem(
    client: httpx.Client, library: Path, tmp_path: Path
) -> None:
    problem(client.get("/api/v1/videos/none/stream"), 404, "video-not-found")
    url, file = url_of(client, "clip-0004"), library / "clip-0004.mp4"
    content = file.read_bytes()
    file.unlink()
    problem(client.get(url), 404, "file-vanished")
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    file.symlink_to(tmp_path / "secret.mp4")
    problem(client.get(url), 409, "file-unreadable")
    file.unlink()
    os.mkfifo(file)
    problem(client.get(url), 409, "file-unreadable")
    file.unlink()
    file.write_bytes(content)
    assert client.get(url).status_code == 200


def test_another_file_at_the_path_of_a_missing_one_is_not_sent(
    client: httpx.Client, library: Path
) -> None:
    url, file = url_of(client, "clip-0005"), library / "clip-0005.mp4"
    content = file.read_bytes()
    file.unlink()
    scan(client, str(library))
    assert url_of(client, "clip-0005") == url
    file.write_bytes(b"another one")
    problem(client.get(url), 404, "file-vanished")
    file.write_bytes(content)
    scan(client, str(library))
    assert client.get(url).content == content


def test_many_clients_get_their_bytes_while_a_scan_runs(
    server: RunningServer, client: httpx.Client, library: Path, big: str
) -> None:
    content = (library / "big.mp4").read_bytes()
    small_clips(library / "new", 300)
    job = client.post("/api/v1/scans", json={"path": str(library), "force": True}).json()

    def seek(seed: int) -> bool:
        rng = seeded(seed)
        with server.client() as own:
            for _ in range(20):
                start = rng.randrange(BIG_BYTES)
                end = min(BIG_BYTES, start + rng.randrange(1, 2_000_000))
                answer = own.get(big, headers={"range": f"bytes={start}-{end - 1}"})
                if answer.content != content[start:end]:
                    return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(seek, range(6)))
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    wait_until(lambda: not open_files(library))
    shutil.rmtree(library / "new")  # or the next scan would read all of them


def test_clients_that_go_away_leave_no_open_file(
    server: RunningServer, client: httpx.Client, library: Path
) -> None:
    """Uses a file that takes minutes to read, mostly hole."""
    huge = library / "huge.mp4"
    huge.write_bytes((library / "clip-0006.mp4").read_bytes())
    os.truncate(huge, 10**12)
    scan(client, str(library))
    url = url_of(client, "huge.mp4")
    host, port = server.url.removeprefix("http://").split(":")
    request = f"GET {url} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    sockets = []
    for _ in range(10):
        stalled = socket.create_connection((host, int(port)))
        stalled.sendall(request)
        assert stalled.recv(1000).startswith(b"HTTP/1.1 200")
        sockets.append(stalled)
    assert len(open_files(library)) == 10
    for stalled in sockets:
        stalled.close()
    wait_until(lambda: not open_files(library))
    huge.unlink()


def test_a_file_that_becomes_shorter_ends_the_connection_early(
    server: RunningServer, client: httpx.Client, library: Path
) -> None:
    file = library / "shrinking.mp4"
    file.write_bytes((library / "big.mp4").read_bytes() + b"more")
    scan(client, str(library))
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as reader:
        url = url_of(client, "shrinking")
        reader.sendall(f"GET {url} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        received = len(reader.recv(1000))
        os.truncate(file, 1000)
        while part := reader.recv(1_000_000):
            received += len(part)
    assert received < BIG_BYTES
    wait_until(lambda: not open_files(library))


def test_a_disk_that_does_not_answer_holds_nothing_else_up(
    server: RunningServer, client: httpx.Client, big: str
) -> None:
    """All threads of one root are stuck; another root, and everything else, answers."""
    gate = threading.Event()

    async def block(services: object) -> Any:
        files = VideoFiles(server.services.roots, open_seconds=0.2)
        root = server.services.roots[0]
        threads = files._threads.setdefault(root.path, DiskThreads(THREADS))
        stuck = [threads.ask(gate.wait, 60) for _ in range(THREADS)]
        try:
            await files.open(root, "big.mp4")
        except Exception as error:  # noqa: BLE001  it is looked at
            return error
        finally:
            gate.set()
            for one in stuck:
                await one
            files.close()
        return None

    error = server.call(block)
    assert "no answer" in str(error)
    assert client.get(big, headers={"range": "bytes=0-0"}).status_code == 206


def test_a_root_that_is_not_configured_any_more_is_not_served(
    library: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    (tmp_path / "data").mkdir()
    small_clips(other, 1)
    first = load_settings(roots=(other,), data_dir=tmp_path / "data", port=0)
    with running_server(first) as server, server.client() as client:
        scan(client, str(other))
        url = url_of(client, "clip-0000")
        assert client.get(url).status_code == 200
    second = load_settings(roots=(library,), data_dir=tmp_path / "data", port=0)
    with running_server(second) as server, server.client() as client:
        problem(client.get(url), 403, "path-outside-roots")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    root = tmp_path_factory.mktemp("root")
    small_clips(root, 1)
    settings = load_settings(
        roots=(root,), data_dir=tmp_path_factory.mktemp("data"), port=0, token=SecretStr(SECRET)
    )
    with running_server(settings) as running:
        yield running


def test_the_cookie_opens_the_file_to_a_player(locked: RunningServer) -> None:
    token = {"authorization": f"Bearer {SECRET}"}
    with locked.client(headers=token) as client:
        (root,) = client.get("/api/v1/roots").json()["items"]
        scan(client, root["path"])
        url = url_of(client, "clip")
    with locked.client() as browser:
        assert browser.get(url).status_code == 401
        signed_in = browser.post("/api/v1/session", json={"token": SECRET})
        assert signed_in.is_success
        assert browser.get(url, headers={"range": "bytes=0-1"}).status_code == 206
