"""Answers made smaller on the way, by brotli or gzip, whichever the caller likes better."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import brotli
from flask import Flask, Response, request

SMALLEST = 1024  # bytes; below, it is not worth the work
TEXTS = {
    "application/json",
    "application/jsonl",
    "application/atom+xml",
    "application/feed+json",
    "text/csv",
}
"""No HTML: a page may hold a secret beside something the caller wrote, and its length would tell of it."""

GZIP_FRAME = 16 + zlib.MAX_WBITS
GZIP_LEVEL, BROTLI_QUALITY = 5, 4  # both take about a millisecond for 50 kB


class Compressor(Protocol):
    def feed(self, data: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class Gzip:
    def __init__(self) -> None:
        self.stream = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_FRAME)

    def feed(self, data: bytes) -> bytes:
        return self.stream.compress(data)

    def end(self) -> bytes:
        return self.stream.flush()


class Brotli:
    def __init__(self) -> None:
        self.stream: Any = brotli.Compressor(quality=BROTLI_QUALITY)

    def feed(self, data: bytes) -> bytes:
        return bytes(self.stream.process(data))

    def end(self) -> bytes:
        return bytes(self.stream.finish())


COMPRESSORS: dict[str, type[Compressor]] = {"br": Brotli, "gzip": Gzip}


def init_compression(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer in the encoding that its caller prefers; streams stay streams."""
    if response.mimetype not in TEXTS and response.status_code != 304:
        return response
    response.vary.add("Accept-Encoding")
    encoding = request.accept_encodings.best_match((*COMPRESSORS, "identity"))
    if encoding not in COMPRESSORS or response.status_code in (204, 206, 304):
        return response
    if not response.is_streamed and len(response.get_data()) < SMALLEST:
        return response
    pieces = compressed(response.iter_encoded(), COMPRESSORS[encoding]())
    if response.is_streamed:
        response.response = pieces
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(b"".join(pieces))
    response.content_encoding = encoding
    return response


def compressed(pieces: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    for piece in pieces:
        if out := compressor.feed(piece):
            yield out
    yield compressor.end()
