"""Connections that keep to the clock and to public addresses: what urllib3 lacks for hostile servers."""

from __future__ import annotations

import io
import socket
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url
from urllib3.util.ssl_ import create_urllib3_context

from backend.fetch.addresses import NOTHING, resolve

BUFFER = 65536
SHORTEST = 0.001  # a socket takes a timeout of 0 for "do not block"

deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
"""When (time.monotonic) the request in hand must be done. The read timeout alone lets a server send a byte
every 29 seconds for ever, in its headers too."""


def seconds_left() -> float:
    return deadline.get() - time.monotonic()


def give_until(moment: float) -> None:
    """The request in hand has more time: it is fetched to the end of the block that set its deadline."""
    deadline.set(max(moment, deadline.get()))


class ClockedReader(io.RawIOBase):
    """The bytes of a socket until the deadline; then TimeoutError."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._usual = self._timeout = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = seconds_left()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        timeout = self._usual if self._usual is not None and self._usual <= left else max(left, SHORTEST)
        if timeout != self._timeout:
            self._socket.settimeout(timeout)
            self._timeout = timeout
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class ClockedSocket:
    """What http.client asks of a socket when it reads an answer: one file."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002
        return io.BufferedReader(ClockedReader(self._socket), BUFFER)


class ClockedAnswer(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(ClockedSocket(sock), *args, **options)  # type: ignore[arg-type]


class PlainConnection(HTTPConnection):
    response_class = ClockedAnswer


class PlainTLSConnection(HTTPSConnection):
    response_class = ClockedAnswer


def connect(connection: HTTPConnection, allow: frozenset[str]) -> socket.socket:
    """A socket to one of the host's checked addresses. The name is looked up once: what was checked is used.

    The connect timeout is shared out among the addresses, so that a dead one leaves time for the others.
    Raises AddressRefused, and urllib3's errors where there is no name or no answer.
    """
    host: str = connection._dns_host
    try:
        addresses = resolve(host, connection.port, allow)
    except (socket.gaierror, UnicodeError) as error:
        reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(connection.host, connection, reason) from error
    patience = min(float(connection.timeout or BUFFER), max(seconds_left(), SHORTEST))
    until = time.monotonic() + patience
    failure: OSError = OSError("the name has no address")
    for position, (family, address) in enumerate(addresses):
        left = max(until - time.monotonic(), SHORTEST) / (len(addresses) - position)
        try:
            return _open(family, address, left, connection)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection within {patience:.1f} s") from failure
    raise NewConnectionError(connection, str(failure)) from failure


def _open(
    family: socket.AddressFamily, address: tuple[Any, ...], timeout: float, connection: HTTPConnection
) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        sock.settimeout(timeout)
        sock.connect(address)
        sock.settimeout(max(min(float(connection.timeout or BUFFER), seconds_left()), SHORTEST))
    except BaseException:
        sock.close()
        raise
    return sock


def pool_classes(allow: frozenset[str]) -> dict[str, type[HTTPConnectionPool]]:
    """Pools whose connections go to public addresses only, and to what `allow` ("host:port") names.

    The host name stays the connection's name: SNI and the certificate are checked against it.
    """

    class Guarded(PlainConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, allow)

    class GuardedTLS(PlainTLSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, allow)

    return _pools(Guarded, GuardedTLS)


def _pools(plain: type[HTTPConnection], tls: type[HTTPSConnection]) -> dict[str, type[HTTPConnectionPool]]:
    class Pool(HTTPConnectionPool):
        ConnectionCls = plain

    class TLSPool(HTTPSConnectionPool):
        ConnectionCls = tls

    return {"http": Pool, "https": TLSPool}


class GuardedAdapter(HTTPAdapter):
    """The way to the internet. One adapter serves all threads, so that they share open connections.

    `authorities` is the file of certificate authorities, read once: left to itself, requests reads it
    anew for each connection, which costs 20 ms of computing and adds up over thousands of hosts.
    """

    def __init__(self, threads: int, allow: frozenset[str] = NOTHING, authorities: str = "") -> None:
        self._context = create_urllib3_context()  # certificate and host name are checked by default
        self._context.load_verify_locations(authorities or DEFAULT_CA_BUNDLE_PATH)
        super().__init__(pool_connections=max(64, 4 * threads), pool_maxsize=threads)
        self.poolmanager.pool_classes_by_scheme = pool_classes(allow)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options, ssl_context=self._context)

    def cert_verify(self, *_: Any) -> None:
        """Nothing to set: the context holds the authorities, and verifies."""


class SimulatorAdapter(HTTPAdapter):
    """Sends every request to the simulator, the original URL as its path: /https://host/path?query."""

    def __init__(self, threads: int, address: str) -> None:
        super().__init__(pool_connections=1, pool_maxsize=threads)
        self.poolmanager.pool_classes_by_scheme = _pools(PlainConnection, PlainTLSConnection)
        parsed = parse_url(address)
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise ValueError(f"SIMULATOR_URL: {address!r} is not an http:// address")
        self._address = address
        self._prefix = (parsed.path or "").rstrip("/") + "/"

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = self.poolmanager.connection_from_url(self._address)
        return pool

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:  # noqa: ARG002
        return self._prefix + (request.url or "").partition("#")[0]
