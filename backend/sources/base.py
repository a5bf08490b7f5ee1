"""What every source is: pure code that describes requests and parses answers. The caller fetches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backend.domain.exchange import (
    Request,
    Response,
    SourceChanged,
    SourceError,
    SourceGone,
    SourceUnavailable,
)
from backend.domain.posting import Posting

__all__ = [
    "Page",
    "Request",
    "Response",
    "Source",
    "SourceChanged",
    "SourceError",
    "SourceGone",
    "SourceUnavailable",
]


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
