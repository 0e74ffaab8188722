"""A receiver of webhooks on loopback."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Message:
    """A call: its path, its headers in lower case, and its body."""

    path: str
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The body, which is JSON."""
        document: dict[str, Any] = json.loads(self.text)
        return document


@dataclass
class Receiver:
    """Answers with the next of `statuses`, then with 204; 0 holds the call until the end."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    ending: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, count: int, seconds: float = 60.0) -> None:
        """Wait until there were `count` calls."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.messages) >= count, seconds)


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    """Run a receiver until the block ends."""
    receiver = Receiver(statuses=list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.arrived:
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                receiver.messages.append(Message(self.path, headers, text))
                receiver.arrived.notify_all()
            if status == 0:
                receiver.ending.wait()
                return
            self.send_response(status)
            self.send_header("Location", f"{receiver.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
