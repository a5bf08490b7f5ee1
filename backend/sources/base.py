"""What every source is: pure code that describes requests and parses answers. The caller fetches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backend.domain.posting import Posting


class SourceError(Exception):
    """A board could not be read. The message says what happened, to what, in words for an operator."""


class SourceUnavailable(SourceError):
    """The endpoint did not answer as asked (403, 429, 5xx, a log-in page): try later, close nothing.

    `retry_after` is in seconds, where the endpoint named it.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SourceChanged(SourceError):
    """The answer has another shape than the one this source knows. The message names the field."""


class SourceGone(SourceError):
    """The endpoint says that the board does not exist (404, 410)."""


@dataclass(frozen=True, slots=True)
class Request:
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as `fetch` hands it on: the body is already unpacked; header names are lower case.

    `request` is what was asked (its URL holds the host and token that many answers leave out); `url` is
    where the answer came from after redirects.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    request: Request = Request("")
    url: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises SourceChanged for HTML, truncated JSON, NaN, or too deep nesting."""
        try:
            return json.loads(self.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            start = self.body[:60].decode("utf-8", "replace").strip()
            kind = "an HTML page" if start.startswith("<") else "text that is not JSON"
            where = self.request.url or "the answer"
            raise SourceChanged(f"{where}: expected JSON, got {kind} ({error})") from None

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list. `next` asks for the rest; `complete` is False when the endpoint will not give it all."""

    postings: list[Posting]
    next: Request | None = None
    complete: bool = True


class Source(Protocol):
    """One kind of endpoint. A board is a source plus a token.

    `parser_version` goes up whenever `parse` would read more from the same bytes: unchanged boards are
    then parsed anew.
    """

    name: str
    label: str
    parser_version: int
    url_forms: tuple[str, ...]

    def recognise(self, url: str) -> str | None:
        """The token in a pasted careers URL (embeds and API URLs included), or None."""

    def board_url(self, token: str) -> str:
        """The public page of the board."""

    def first_request(self, token: str) -> Request: ...

    def parse(self, response: Response) -> Page:
        """Raises SourceChanged (naming the field), SourceUnavailable or SourceGone; never an empty page instead."""

    def fingerprint(self, response: Response) -> bytes:
        """The bytes of a list answer that decide whether it changed: without relative dates and request ids."""

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        """What to ask for the rest of a posting; None when the list answer already holds everything."""

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        """The posting, completed. Raises as `parse` does."""
