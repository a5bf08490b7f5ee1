"""One visit to one board: ask, follow pages, fetch details of what is new. It writes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from backend.domain import normalise
from backend.domain.exchange import (
    HostFails,
    Postponed,
    Request,
    Response,
    SourceChanged,
    SourceError,
    SourceGone,
    SourceUnavailable,
    hide_secrets,
)
from backend.domain.posting import Posting, merge_duplicates
from backend.fetch import AddressRefused, Fetcher
from backend.models import CrawlStatus
from backend.services import changed_rows, fingerprints
from backend.services.assignments import Assignment, Item, Visit
from backend.services.barren import Barren
from backend.services.changed_rows import ChangedRows
from backend.services.fingerprints import Digest, list_hash_of, new_digest, validators_of
from backend.services.known_listings import Row
from backend.services.long_lists import checked
from backend.sources.base import Page

MAX_PAGES = 1000
OK, NOT_MODIFIED = 200, 304

LoadKnown = Callable[[int], Mapping[str, Row]]


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` for the visit, and again after each page of a list, `many_pages` in all; `details` pages."""

    seconds: float
    details: int
    many_pages: float = 0.0


def visit(
    assignment: Assignment,
    fetcher: Fetcher,
    credentials: Mapping[str, str],
    load_known: LoadKnown,
    limits: Limits,
    now: datetime,
    spool: BinaryIO | None = None,
) -> Visit:
    """Visit a board. Whatever goes wrong is in the result: this does not raise for anything a board does.

    `credentials` are settings by name; a source that lacks one it needs is skipped, and says so. `spool` is
    an empty file for a list too long for memory.
    """
    result = Visit(assignment, started_at=now)
    begun = time.monotonic()
    lacking = [name for name in assignment.source.needs if not credentials.get(name)]
    if lacking:
        result.status = CrawlStatus.SKIPPED
        result.error = f"{assignment.source.label} needs the settings {', '.join(lacking).upper()}"
        return result
    try:
        reader = _Reader(result, fetcher, credentials, limits)
        reader.read(load_known, limits.details, now, spool)
    except SourceGone as error:
        result.status, result.error = CrawlStatus.GONE, str(error)
    except SourceChanged as error:
        result.status, result.error = CrawlStatus.CHANGED_SHAPE, str(error)
    except SourceUnavailable as error:
        result.host_fails = isinstance(error, HostFails)
        postponed = isinstance(error, Postponed)
        result.status = CrawlStatus.POSTPONED if postponed else CrawlStatus.UNAVAILABLE
        result.error = str(error)
        result.retry_after = error.retry_after
    except AddressRefused as error:
        result.status, result.error = CrawlStatus.REFUSED, str(error)
    except SourceError as error:
        result.error = str(error)
    except Exception as error:
        # A parser's bug must not cost the other boards of the batch; the report names it.
        result.error = f"{type(error).__name__} while reading {assignment.source.name}:{assignment.token}"
    result.seconds = time.monotonic() - begun
    return result


class _Reader:
    """Reads one board into a Visit, counting what it asks."""

    def __init__(
        self, result: Visit, fetcher: Fetcher, credentials: Mapping[str, str], limits: Limits
    ) -> None:
        self.result = result
        self.credentials = credentials
        self.source = result.assignment.source
        self.fetcher = fetcher
        self.limits = limits
        self.barren = Barren(result.assignment.barren, result.started_at)
        self.begun = time.monotonic()
        self.deadline = self.begun + limits.seconds

    def read(self, load_known: LoadKnown, details: int, now: datetime, spool: BinaryIO | None) -> None:
        self.obtain_grant()
        board = self.result.assignment
        current = board.parser_version == self.source.parser_version
        request = self.source.first_request(board.token)
        if current and board.validators:
            request = replace(request, headers={**request.headers, **board.validators})
        response = self.ask(request, spool)
        if response.status == NOT_MODIFIED and current and board.validators and board.fingerprint:
            return self.unchanged()
        digest = new_digest()
        if response.status == OK:
            fingerprints.add(digest, response, self.source)
            if current and digest.hexdigest() == board.fingerprint:
                return self.unchanged()
        if response.file is not None:
            return self.long_list(response, digest)
        rows, complete, pages = None, True, 1
        if self.source.rows_apart:
            self.result.known = load_known(board.board_id)
            rows = changed_rows.read(self.source, response, self.result.known)
        if rows is None:
            postings, complete, pages = self.read_pages(response, digest)
            if current and complete and digest.hexdigest() == board.fingerprint:
                return self.unchanged()
            rows = ChangedRows([], {list_hash_of(posting, self.source): posting for posting in postings})
        if self.result.known is None:
            self.result.known = load_known(board.board_id)
        self.result.barren = self.barren.kept
        self.result.items = self.read_items(rows, request, self.result.known, details, now)
        self.result.status = CrawlStatus.COMPLETE if complete else CrawlStatus.PARTIAL
        if complete and not self.result.details_left:
            self.result.fingerprint = digest.hexdigest()
            self.result.validators = validators_of(response) if pages == 1 else {}
        return None

    def obtain_grant(self) -> None:
        """Ask for a passing permission, where the source wants one."""
        request = self.source.grant_request(self.credentials)
        if request is not None:
            self.credentials = {**self.credentials, **self.source.read_grant(self.ask(request))}

    def unchanged(self) -> None:
        self.result.status = CrawlStatus.UNCHANGED

    def long_list(self, response: Response, digest: Digest) -> None:
        self.result.long_list = checked(self.source, response)
        self.result.status = CrawlStatus.COMPLETE
        self.result.fingerprint, self.result.validators = digest.hexdigest(), validators_of(response)

    def ask(self, request: Request, spool: BinaryIO | None = None, *, for_people: bool = False) -> Response:
        """`for_people`: it is a page made for them, so robots.txt decides, as for all of some sources."""
        self.result.requests += 1
        authorised = self.source.authorise(request, self.credentials)
        robots = for_people or self.source.web_pages
        try:
            answer = self.fetcher.fetch(authorised, self.deadline, robots=robots, spool=spool)
        except SourceError as error:
            hide_secrets(error, self.credentials.values())
            raise
        response = replace(answer, request=request)  # secrets reach no parser, page or report
        self.result.bytes += len(response.body) if response.file is None else response.file.tell()
        return response

    def read_pages(self, first: Response, digest: Digest) -> tuple[list[Posting], bool, int]:
        page: Page = self.source.parse(first)
        postings, complete, pages = page.open, page.complete, 1
        while page.next is not None:
            if pages >= MAX_PAGES:
                raise SourceChanged(
                    f"{first.request.url}: more than {MAX_PAGES} pages; is the paging endless?"
                )
            self.give_time()
            response = self.ask(page.next)
            page = self.source.parse(response)
            fingerprints.add(digest, response, self.source)
            postings.extend(page.open)
            complete = complete and page.complete
            pages += 1
        return merge_duplicates(postings), complete, pages

    def give_time(self) -> None:
        """A list whose pages keep coming has longer, for its first pages alone say too little."""
        last = self.begun + self.limits.many_pages
        self.deadline = max(self.deadline, min(time.monotonic() + self.limits.seconds, last))

    def read_items(
        self,
        rows: ChangedRows,
        list_request: Request,
        stored: Mapping[str, Row],
        details: int,
        now: datetime,
    ) -> dict[str, Item]:
        items = {key: Item(stored[key].list_hash, stored[key].content_hash, None) for key in rows.same}
        for list_hash, posting in rows.read.items():
            kept_hash: str | None = list_hash
            known = stored.get(posting.external_id)
            if posting.provisional and self.barren.holds(list_hash):
                if known is not None:
                    items[posting.external_id] = Item(None, known.content_hash, None)
                continue
            if known is not None and known.list_hash == list_hash:
                items[posting.external_id] = Item(list_hash, known.content_hash, None)
                continue
            asked = self.source.detail_request(posting, list_request)
            if asked is not None:
                self.result.more_details |= details <= 0
                detailed = self.read_detail(posting, asked) if details > 0 else None
                details -= 1
                if detailed is None:
                    self.result.details_left = True
                    kept_hash = None
                    if known is not None:
                        items[posting.external_id] = Item(None, known.content_hash, None)
                    if known is not None or posting.provisional:
                        continue
                posting = detailed or posting
            content = normalise.normalise(posting, now)
            items[posting.external_id] = Item(kept_hash, content.content_hash, content)
        return items

    def read_detail(self, posting: Posting, request: Request) -> Posting | None:
        """The posting with its detail; None when it could not be read: reported, and asked again.

        Of a page that we may not read (robots.txt, an address that is not public) the list alone tells.
        """
        try:
            return self.source.parse_detail(posting, self.ask(request, for_people=request.url == posting.url))
        except Postponed:
            self.result.more_details = True
            return None
        except SourceError as error:
            self.result.error = self.result.error or f"a detail page: {error}"
            if isinstance(error, AddressRefused) and not posting.provisional:
                return replace(posting, description_html=posting.description_html or "")
            if posting.provisional and isinstance(error, SourceChanged | SourceGone):
                self.barren.add(list_hash_of(posting, self.source))
            return None
