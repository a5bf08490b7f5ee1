"""From whatever a person pastes to a board: known addresses at once, any other page by looking into it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend.domain.exchange import Request, Response, SourceError, SourceUnavailable, hide_secrets
from backend.domain.posting import Posting, merge_duplicates
from backend.fetch import Fetcher
from backend.settings import Settings
from backend.sources import pasted, registry
from backend.sources.base import Page, Source
from backend.sources.careers_links import careers_links
from backend.sources.embeds import GENERAL_SOURCES, Found, boards_in
from backend.sources.linked_data import page_text

SAMPLE = 5
SECONDS = 45.0  # for all that is asked on behalf of one pasted address
PAGES_FOLLOWED = 2
CANDIDATES_ASKED = 4
OTHERS_SHOWN = 5
SOURCES_NAMED = 12
FIRST_PAGES = 3  # some boards say on their first pages only where the list is
PAGE_BYTES = 4_000_000
HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.5"}


class NotRecognised(ValueError):
    """Nothing that can be watched. The message says where was looked, and what would be known."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a pasted address turned out to be, with the first postings of the board as proof.

    `found_on` is the page that shows the board where the address itself does not name it; `others` are
    further boards of that page.
    """

    source: Source
    token: str
    url: str
    count: int
    complete: bool
    sample: list[Posting]
    found_on: str | None = None
    others: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boards that an address may mean, the best first."""

    boards: Sequence[Found]
    found_on: str | None = None


def recognise(fetcher: Fetcher, settings: Settings, text: str) -> Recognised:
    """Find the board of a pasted address and read its first postings. Hold no transaction meanwhile.

    Raises NotRecognised; SourceError where the address names a board that cannot be read.
    """
    deadline = time.monotonic() + SECONDS
    candidates = candidates_of(fetcher, text, deadline)
    sampler = Sampler(fetcher, settings, deadline)
    best: Recognised | None = None
    problem: SourceError | None = None
    for source, token in candidates.boards[:CANDIDATES_ASKED]:
        try:
            found = sampler.sample(source, token)
        except SourceError as error:
            problem = problem or error
            continue
        if best is None or (found.count and not best.count):
            best = found
        if best.count:
            break
    if best is None:
        raise unreadable(candidates, problem)
    others = tuple(each for each in candidates.boards if each != (best.source, best.token))
    return replace(best, found_on=candidates.found_on, others=others[:OTHERS_SHOWN])


def locate(fetcher: Fetcher, settings: Settings, text: str) -> Found:
    """The board of a pasted address; nobody is asked where the address names it. Raises as `recognise`."""
    known = pasted.identify(text)
    if known is not None:
        return known
    found = recognise(fetcher, settings, text)
    return found.source, found.token


def candidates_of(fetcher: Fetcher, text: str, deadline: float) -> Candidates:
    """The boards that an address names, or that its page or the careers pages it links to show."""
    known = pasted.identify(text)
    if known is not None:
        return Candidates([known])
    url = web_address(text)
    try:
        page, page_url = read_page(fetcher, url, deadline)
    except SourceError as error:
        raise NotRecognised(f"{url[:200]} cannot be read: {error}. {known_sources()}") from None
    general = Candidates(boards_in(page, page_url), page_url)
    if is_certain(general):
        return general
    looked_at = [page_url]
    for link in careers_links(page, page_url)[:PAGES_FOLLOWED]:
        try:
            followed, followed_url = read_page(fetcher, link, deadline)
        except SourceError:
            continue
        looked_at.append(followed_url)
        found = Candidates(boards_in(followed, followed_url), followed_url)
        if is_certain(found):
            return found
        general = general if general.boards else found
    if general.boards:
        return general
    raise NotRecognised(
        f"No board that can be read was found on {' or '.join(each[:200] for each in looked_at)}. "
        f"Paste the address of the list of openings itself. {known_sources()}"
    )


def is_certain(found: Candidates) -> bool:
    """A service's own board, not only something that every site may have."""
    return any(source.name not in GENERAL_SOURCES for source, _ in found.boards)


def web_address(text: str) -> str:
    address = text.strip()
    name, colon, told = address.partition(":")
    named = pasted.source_named(name) if colon else None
    if named is not None:
        form = next(iter(named.url_forms), named.name)
        raise NotRecognised(f"{named.label} has no board {told[:200]!r}; its addresses look like {form}")
    if "." not in address or any(letter.isspace() for letter in address):
        raise NotRecognised(f"{address[:200]!r} is no web address. {known_sources()}")
    return address if "://" in address else f"https://{address}"


def read_page(fetcher: Fetcher, url: str, deadline: float) -> tuple[str, str]:
    """A page's text and where it was found in the end. Raises SourceError, as where robots.txt forbids it."""
    response = fetcher.fetch(Request(url, headers=HEADERS), deadline, robots=True)
    if response.status != 200:
        raise SourceUnavailable(f"it answered {response.status}")
    return page_text(response.body[:PAGE_BYTES]), response.url or url


def unreadable(candidates: Candidates, problem: SourceError | None) -> Exception:
    """Why none of the candidates can be watched."""
    if candidates.found_on is None and problem is not None:
        return problem
    names = ", ".join(f"{source.name}:{token}" for source, token in candidates.boards[:CANDIDATES_ASKED])
    return NotRecognised(f"{candidates.found_on} shows {names}, but no postings can be read there: {problem}")


def known_sources() -> str:
    labels = [source.label for source in registry.SOURCES]
    more = len(labels) - SOURCES_NAMED
    named = ", ".join(labels[:SOURCES_NAMED])
    return f"Known are: {named} and {more} more." if more > 0 else f"Known are: {named}."


class Sampler:
    """Reads the first postings of boards as a crawl would."""

    def __init__(self, fetcher: Fetcher, settings: Settings, deadline: float) -> None:
        self.fetcher, self.settings, self.deadline = fetcher, settings, deadline

    def sample(self, source: Source, token: str) -> Recognised:
        """Raises SourceError."""
        credentials = self.credentials(source)
        page = self.page(source, source.first_request(token), credentials)
        postings, complete, pages = page.open, page.complete, 1
        while not postings and page.next is not None and pages < FIRST_PAGES:
            page = self.page(source, page.next, credentials)
            postings, complete, pages = page.open, complete and page.complete, pages + 1
        distinct = merge_duplicates(postings)
        return Recognised(
            source=source,
            token=token,
            url=source.board_url(token),
            count=len(distinct),
            complete=complete and page.next is None,
            sample=distinct[:SAMPLE],
        )

    def credentials(self, source: Source) -> Mapping[str, str]:
        given = self.settings.credentials((*source.needs, *source.wants))
        lacking = [name for name in source.needs if not given.get(name)]
        if lacking:
            raise SourceUnavailable(f"{source.label} needs the settings {', '.join(lacking).upper()}")
        request = source.grant_request(given)
        if request is None:
            return given
        return {**given, **source.read_grant(self.ask(source, request, given))}

    def page(self, source: Source, request: Request, credentials: Mapping[str, str]) -> Page:
        return source.parse(self.ask(source, request, credentials))

    def ask(self, source: Source, request: Request, credentials: Mapping[str, str]) -> Response:
        try:
            asked = source.authorise(request, credentials)
            answer = self.fetcher.fetch(asked, self.deadline, robots=source.web_pages)
        except SourceError as error:
            hide_secrets(error, credentials.values())
            raise
        return replace(answer, request=request)  # secrets reach no parser and no page
