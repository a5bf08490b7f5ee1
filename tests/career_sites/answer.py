"""An answer, and in which way it is put on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus


class Wire(StrEnum):
    SEND = "send"
    HANG = "hang"
    """Nothing is ever sent."""
    CUT = "cut"
    """The head promises the whole body; the connection ends in its middle."""
    DRIP = "drip"
    """Byte by byte, with a pause after each."""
    ENDLESS = "endless"
    """The body is sent again and again, chunk by chunk, until the client leaves."""
    RESET = "reset"
    """The connection ends without a word."""


@dataclass(slots=True)
class Answer:
    """`encoding` says how `body` is packed: "" or "gzip"."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    wire: Wire = Wire.SEND
    pause: float = 0.5
    board: str = ""

    def head(self, close: bool) -> bytes:
        reason = HTTPStatus(self.status).phrase
        lines = [f"HTTP/1.1 {self.status} {reason}", f"Content-Type: {self.content_type}"]
        if self.wire is Wire.ENDLESS:
            lines.append("Transfer-Encoding: chunked")
        elif self.status != 304:
            lines.append(f"Content-Length: {len(self.body)}")
        if self.encoding:
            lines.append(f"Content-Encoding: {self.encoding}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
