"""What every source is: pure code that describes requests and parses answers. The caller fetches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
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
from backend.sources.apart import RowsApart

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
    """One answer of a list. `next` asks for the rest; `complete` is False where some is kept back.

    `closed` holds the ids of postings that the list itself calls closed: `boards parse` shows them, a crawl
    leaves them out.
    """

    postings: list[Posting]
    next: Request | None = None
    complete: bool = True
    closed: frozenset[str] = frozenset()

    @property
    def open(self) -> list[Posting]:
        return [posting for posting in self.postings if posting.external_id not in self.closed]


class Source(Protocol):
    """One kind of endpoint. A board is a source plus a token.

    Subclass it and override what differs. `parser_version` goes up whenever `parse` would read more from
    the same bytes: unchanged boards are then parsed anew. `url_forms` are shown to people who paste
    something else. `envelope` names the list in a list answer; None where the answer is the bare list.
    `needs` names the settings without which the endpoint cannot be asked, `wants` those that help. `proven`
    is False while no real answer was recorded. `web_pages`: the endpoint is pages made for people, so
    robots.txt is honoured. `calm`: it asks for no more than one visit in so long, whatever a board's own
    rhythm is. `rows_apart`: the list is one answer, and each of its rows by itself says all there is of one
    posting, so that a row that did not change need not be read. `streams`: its list may be too long for
    memory; it is one answer, which holds all details, and `stream` reads it from a file.
    """

    name: str
    label: str
    parser_version: int
    url_forms: tuple[str, ...]
    envelope: str | None = None
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    proven: bool = True
    web_pages: bool = False
    calm: timedelta = timedelta(0)
    rows_apart: RowsApart | None = None
    streams: bool = False

    def recognise(self, url: str) -> str | None:
        """The token in a pasted careers URL (embeds and API URLs included), or None."""

    def token_of(self, told: str) -> str | None:
        """The token of an address, or short name, that somebody says is this source's (a column of a table).

        So customers' own hosts are taken here, which `recognise` cannot know.
        """
        return self.recognise(told)

    def board_url(self, token: str) -> str:
        """The public page of the board."""

    def first_request(self, token: str) -> Request:
        """What to ask for the list, or for its first page."""

    def grant_request(self, credentials: Mapping[str, str]) -> Request | None:  # noqa: ARG002
        """What to ask for a passing permission (an OAuth2 token) first; None where none is needed."""
        return None

    def read_grant(self, response: Response) -> Mapping[str, str]:  # noqa: ARG002
        """The credentials that an answer to `grant_request` adds."""
        return {}

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:  # noqa: ARG002
        """The request with what the endpoint wants to see of `credentials` (the settings in `needs`).

        Called just before each request is sent: secrets stand in no token, page or report.
        """
        return request

    def parse(self, response: Response) -> Page:
        """Raises SourceChanged (naming the field), SourceUnavailable or SourceGone, never an empty page."""

    def stream(self, response: Response) -> Iterator[Posting]:
        """The open postings of an answer that lies in `response.file`, one by one; an id may come again.

        Raises as `parse`, maybe after many postings.
        """
        raise SourceError(f"{self.label} cannot be read as a stream: {response.request.url}")

    def fingerprint(self, response: Response) -> bytes:
        """The bytes of a list answer that decide whether it changed: no relative dates, no request ids.

        Of an answer in a file this gets the beginning; the rest decides as it is.
        """
        return response.body

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        """What to ask for the rest of a posting; None when the list answer already holds everything."""
        return None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:  # noqa: ARG002
        """The posting, completed: what the detail says wins. Raises as `parse` does."""
        raise SourceError(f"{self.label} has no detail answers: its list holds everything")
