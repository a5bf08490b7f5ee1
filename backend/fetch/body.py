"""Bodies, unpacked and complete or not at all: a short body would close the listings it leaves out."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from urllib3.response import BaseHTTPResponse

CHUNK = 65536
ACCEPT_ENCODING = "gzip, deflate"
MOST_LAYERS = 2
BEGINNING = 65536  # of a long body that lies in a file
SIP = 8192  # of the packed bytes of a body that may be long: unpacked they are 8 MB at the most
GULP = 32 * 2**20  # what a sip may come to when it is packed twice
GZIP = 31  # zlib's "window bits" for a gzip member
GZIP_MAGIC = b"\x1f\x8b"
# Names of packings; what is not one of them ("utf-8", "none") is a server's slip and means nothing.
UNKNOWN_PACKINGS = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip"})


class BodyRefused(Exception):
    """The body is too large, or cannot be unpacked. The message goes after "the answer"."""


class Overflow(Exception):
    """More bytes than there is room for."""


class Unpacker(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """What `data` unpacks to. Raises Overflow beyond `room` bytes, however small `data` is."""

    def finish(self) -> None:
        """Raises BodyRefused if the packed data broke off."""


class Gunzip:
    """gzip (RFC 1952): one or more members; what follows the last one is ignored, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(GZIP)
        self._begun = False
        self._after = b""  # what came after a whole member, until it is clear whether it is another one

    def feed(self, data: bytes, room: int) -> bytes:
        pieces = []
        while data:
            self._begun = True
            if self._member.eof and not self._begins_member(data):
                break
            data, self._after = self._after + data, b""
            try:
                piece = self._member.decompress(data, room + 1)
            except zlib.error as error:
                raise BodyRefused(f"could not be unpacked: it is not gzip ({error})") from None
            room = _take(room, piece)
            pieces.append(piece)
            data = self._member.unused_data
        return b"".join(pieces)

    def _begins_member(self, data: bytes) -> bool:
        after = self._after + data
        if len(after) < len(GZIP_MAGIC) or not after.startswith(GZIP_MAGIC):
            self._after = after[: len(GZIP_MAGIC)]
            return False
        self._member = zlib.decompressobj(GZIP)
        return True

    def finish(self) -> None:
        if self._begun and not self._member.eof:
            raise BodyRefused("could not be unpacked: the gzip data breaks off")


class Inflate:
    """deflate: zlib's format (RFC 1950), or the bare one that some servers send under that name."""

    def __init__(self) -> None:
        self._start = b""
        self._stream: zlib._Decompress | None = None

    def feed(self, data: bytes, room: int) -> bytes:
        if self._stream is None:
            data = self._start = self._start + data
            if len(data) < 2:
                return b""
            wrapped = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(15 if wrapped else -15)
        try:
            piece = self._stream.decompress(data, room + 1)
        except zlib.error as error:
            raise BodyRefused(f"could not be unpacked: it is not deflate ({error})") from None
        _take(room, piece)
        return piece

    def finish(self) -> None:
        if self._start and not (self._stream and self._stream.eof):
            raise BodyRefused("could not be unpacked: the deflate data breaks off")


PACKINGS: dict[str, type[Gunzip] | type[Inflate]] = {"gzip": Gunzip, "x-gzip": Gunzip, "deflate": Inflate}


def read_body(raw: BaseHTTPResponse, limit: int) -> bytes:
    """The whole body, unpacked. Raises BodyRefused, and urllib3's errors where it breaks off or is late.

    `limit` counts unpacked bytes. Reads as the bytes come in (`read1`), so that the deadline is looked at.
    """
    return b"".join(_within(raw, limit, "MAX_BODY_MB", CHUNK, limit))


def spool_body(
    raw: BaseHTTPResponse, file: BinaryIO, short: int, limit: int, on_long: Callable[[], None]
) -> bytes:
    """As `read_body`; but what is longer than `short` bytes goes into `file`, and its beginning is returned.

    `on_long` is called as soon as it is known to be long. The limit is then `limit`.
    """
    kept, is_long = bytearray(), False
    for piece in _within(raw, limit, "MAX_FEED_MB", SIP, GULP):
        if is_long:
            _put(file, piece)
            continue
        kept += piece
        if len(kept) > short:
            is_long = True
            on_long()
            _put(file, kept)
            del kept[BEGINNING:]
    return bytes(kept)


def _put(file: BinaryIO, piece: bytes | bytearray) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise BodyRefused(f"is too long for the disk of VAR_DIR ({error.strerror})") from None


def _within(raw: BaseHTTPResponse, limit: int, setting: str, chunk: int, most: int) -> Iterator[bytes]:
    """The pieces of a body of at most `limit` bytes, which `setting` sets.

    `chunk` bytes are read at once; unpacked they must not be more than `most`.
    """
    unpackers = unpackers_for(raw.headers.get("content-encoding", ""))
    announced = raw.headers.get("content-length", "")
    try:
        if announced.isdecimal() and int(announced) > limit:
            raise Overflow
        yield from _pieces(raw, unpackers, limit, chunk, most)
    except Overflow:
        raise BodyRefused(f"is larger than {limit / 2**20:g} MB ({setting})") from None


def _pieces(
    raw: BaseHTTPResponse, unpackers: list[Unpacker], room: int, chunk: int, most: int
) -> Iterator[bytes]:
    while data := raw.read1(chunk, decode_content=False):
        for unpacker in unpackers:
            data = unpacker.feed(data, min(room, most))
        room = _take(room, data)
        yield data
    for unpacker in unpackers:
        unpacker.finish()


def unpackers_for(encoding: str) -> list[Unpacker]:
    """What undoes a Content-Encoding, the last packing first."""
    if not encoding:
        return []
    names = [name.strip() for name in encoding.lower().split(",")]
    for name in names:
        if name in UNKNOWN_PACKINGS:
            raise BodyRefused(f"is packed as {name}, which was not asked for and cannot be unpacked")
    unpackers: list[Unpacker] = [PACKINGS[name]() for name in reversed(names) if name in PACKINGS]
    if len(unpackers) > MOST_LAYERS:
        raise BodyRefused(f"is packed {len(unpackers)} times over")
    return unpackers


def _take(room: int, piece: bytes) -> int:
    if len(piece) > room:
        raise Overflow
    return room - len(piece)
