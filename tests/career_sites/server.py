"""A small HTTP/1.1 server on asyncio: fast for small answers, and able to break the rules on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.career_sites.answer import Answer, Wire

Handler = Callable[[str, str, dict[str, str], bytes], Answer]
"""Method, target as sent, headers (names in lower case), body -> answer."""
MAX_REQUEST = 10_000_000


class Connection(asyncio.Protocol):
    def __init__(self, server: Server, alive: set[Connection]) -> None:
        self._server, self._alive = server, alive
        self._buffer = bytearray()
        self._busy = False
        self._sending: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._alive.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._alive.discard(self)
        if self._sending:
            self._sending.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MAX_REQUEST:
            self.transport.abort()
        elif not self._busy:
            self._take()

    def _take(self) -> None:
        """Answers the requests in the buffer, one after the other."""
        while not self._busy and not self.transport.is_closing():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", 0))
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            self._respond(lines[0], headers, body)

    def _respond(self, line: str, headers: dict[str, str], body: bytes) -> None:
        try:
            method, target, version = line.split(" ")
        except ValueError:
            self.transport.write(Answer(400, b"").head(close=True))
            self.transport.close()
            return
        close = headers.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        answer = self._server.handler(method, target, headers, body)
        if method == "HEAD":
            answer.body = b""
        if not self._server.delay and answer.wire is Wire.SEND:
            self._send(answer, close)
            return
        self._busy = True
        self._sending = asyncio.ensure_future(self._send_later(answer, close))

    def _send(self, answer: Answer, close: bool) -> None:
        self.transport.write(answer.head(close) + answer.body)
        if close:
            self.transport.close()

    async def _send_later(self, answer: Answer, close: bool) -> None:
        await asyncio.sleep(self._server.delay)
        if answer.wire is Wire.SEND:
            self._send(answer, close)
        else:
            await self._send_badly(answer)
            self.transport.close()
        self._busy = False
        self._take()

    async def _send_badly(self, answer: Answer) -> None:
        match answer.wire:
            case Wire.HANG:
                await asyncio.Event().wait()
            case Wire.RESET:
                self.transport.abort()
            case Wire.CUT:
                self.transport.write(answer.head(close=False) + answer.body[: len(answer.body) // 2])
            case Wire.DRIP:
                self.transport.write(answer.head(close=False))
                for byte in answer.body:
                    self.transport.write(bytes((byte,)))
                    await asyncio.sleep(answer.pause)
            case Wire.ENDLESS:
                self.transport.write(answer.head(close=False))
                chunk = b"%x\r\n%s\r\n" % (len(answer.body), answer.body)
                while not self.transport.is_closing():
                    await self._room.wait()
                    self.transport.write(chunk)
                    await asyncio.sleep(0)


class Server:
    """`port` 0 takes a free one; after `start` it says which. `delay` is in seconds, before each answer."""

    def __init__(self, handler: Handler, host: str = "127.0.0.1", port: int = 0, delay: float = 0.0) -> None:
        self.handler, self.host, self.port, self.delay = handler, host, port, delay
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self, self._connections),
            self.host,
            self.port,
            backlog=1024,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.transport.abort()
        await asyncio.sleep(0)
