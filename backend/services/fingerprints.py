"""What is kept of an answer, so that the next one can be known as unchanged."""

from __future__ import annotations

import hashlib
from typing import Protocol

from backend.domain import normalise
from backend.domain.posting import Posting
from backend.sources.base import Response, Source

PIECE = 2**20


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def new_digest() -> Digest:
    """For `add`: the fingerprint of a list is the SHA-256 of all its answers."""
    return hashlib.sha256()


def add(digest: Digest, response: Response, source: Source) -> None:
    """Add what decides whether a list answer changed."""
    digest.update(source.fingerprint(response))
    if response.file is not None:
        response.file.seek(len(response.body))
        while piece := response.file.read(PIECE):
            digest.update(piece)


def list_hash_of(posting: Posting, source: Source) -> str:
    """A hash of all that the list answer says of a posting, and of who read it."""
    return f"{normalise.list_hash(posting)[:24]}v{source.parser_version}"


def validators_of(response: Response) -> dict[str, str]:
    """The request headers by which the next visit may be answered with 304."""
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {asked[name]: response.headers[name] for name in asked if response.headers.get(name)}
