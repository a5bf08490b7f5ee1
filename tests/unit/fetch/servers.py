"""A real HTTP/1.1 server on loopback whose every answer a test writes itself."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path

Answer = Callable[["Handler"], None]


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    client: tuple[str, int]


@dataclass
class Site:
    """`answers` by path (without the query); `seen` holds the requests in their order."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.seen.append(Seen(self.command, self.path, headers, body, self.client_address))
        answer = self.site.answers.get(self.path.partition("?")[0], text("nothing here", 404))
        try:
            answer(self)
        except OSError:
            self.close_connection = True

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


def text(
    body: bytes | str, status: int = 200, headers: Mapping[str, str] | None = None, length: int | None = None
) -> Answer:
    """A plain answer; `length` other than the body's breaks it off (the connection is closed)."""
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = length is not None

    return answer


def raw(*pieces: bytes, pause: float = 0, times: int = 1) -> Answer:
    """Exactly these bytes, `pause` seconds between pieces, the last one `times` over; then it hangs up."""

    def answer(handler: Handler) -> None:
        handler.close_connection = True
        for piece in chain(pieces[:-1], repeat(pieces[-1], times)):
            handler.wfile.write(piece)
            if pause and handler.site.stopping.wait(pause):
                return

    return answer


@contextmanager
def serve(
    certificate: Path | None = None, names: list[str | None] | None = None, port: int = 0
) -> Iterator[Site]:
    """A running site, on any free port if none is said.

    Over TLS with `certificate`, where `names` collects the names asked for (SNI).
    """
    site = Site(0)
    server = ThreadingHTTPServer(("127.0.0.1", port), type("SiteHandler", (Handler,), {"site": site}))
    site.port = server.server_port
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _, name, __: (names if names is not None else []).append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.stopping.set()
        server.shutdown()
        server.server_close()
