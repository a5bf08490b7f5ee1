"""Finding listings: by the index, or by the database where the index cannot be used."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.app import current_settings
from backend.domain.query import Filters, Query, Status
from backend.domain.query_nodes import Words, sought_terms
from backend.domain.snippets import snippet_of
from backend.models import Listing, ListingText
from backend.search.reader import BadCursor, SearchIndex, make_cursor, read_cursor
from backend.search.schema import IndexUnusable
from backend.search.view import Share
from backend.services import facet_names, results
from backend.services.documents import document_of
from backend.services.facet_names import FacetCount
from backend.services.results import ResultsGone
from backend.services.scan import scan
from backend.settings import Settings

__all__ = ["BadCursor", "Found", "ResultsGone", "document_of", "find", "index_of", "search_directory"]

log = logging.getLogger(__name__)

# A search holds its process's interpreter nearly all the time: two at once would take as long as one after
# the other, and each would wait for the other again and again.
_TURN = threading.Lock()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of listings (their company and board loaded), in order.

    `total` counts all that match, None where it was not to be counted; where `partial` is true it counts
    those met so far: the database answered and its time ran out, or the order asked for needs the index and
    newest first was taken instead; or the search was so broad that only the newest listings were looked at.
    `canonical` is the query with the filters in it. `snippets`: listing id -> HTML in which all is escaped
    but `<mark>`, where a word of the query stands in the description.
    `facets`: None where none was asked for or the database answered. `instead`: nothing matched, and all this
    is of that corrected `q`; `did_you_mean`: other ways to correct it.
    """

    listings: list[Listing]
    total: int | None
    next_cursor: str | None
    partial: bool
    canonical: str
    snippets: dict[int, str]
    facets: dict[str, list[FacetCount]] | None = None
    instead: str | None = None
    did_you_mean: Sequence[str] = ()


def search_directory(settings: Settings) -> Path:
    return settings.var_dir / "search"


@lru_cache(maxsize=8)
def _index_at(directory: Path) -> SearchIndex:
    return SearchIndex(directory)


def index_of(settings: Settings) -> SearchIndex:
    """This process's view of the host's index; opened when first searched."""
    return _index_at(search_directory(settings))


def find(
    session: Session,
    filters: Filters,
    cursor: str | None,
    limit: int,
    now: datetime,
    index: SearchIndex | None = None,
    *,
    facets: Sequence[str] = (),
    lenient: bool = False,
    counted: bool = True,
) -> Found:
    """One page, by the index of the current app unless another is given; `facets` are counted beside it.

    `lenient`: where nothing matches, words that look misspelt are put right. `counted`: with the total, which
    the database and an order by relevance give in any case. Raises QueryError, BadCursor and
    ResultsGone.
    """
    query = filters.to_query()
    if filters.sort == "relevance" and not sought_terms(query.node):  # nothing to rank by
        filters = replace(filters, sort="newest")
    try:
        index = index or index_of(current_settings())
        with _TURN:
            page = results.page(
                index, filters, cursor, limit, now, lenient=lenient, counted=counted and not facets
            )
            shown = query if page.instead is None else replace(filters, q=page.instead).to_query()
            values = _facets(session, index, shown, filters.status, facets, now) if facets else None
            total = page.total
            if total is None and counted:  # it was counted with the facets
                total = index.total(shown, status=filters.status, now=now)
            found = _found(session, shown, page.ids, total, page.next_cursor, page.partial)
    except IndexUnusable as error:
        log.warning("searching in the database: %s", error)
        return _find_in_database(session, query, filters, cursor, limit, now)
    return replace(found, facets=values, instead=page.instead, did_you_mean=page.did_you_mean)


def share(query: Query, now: datetime) -> Share | None:
    """How many open listings match, of how many; None: the index cannot tell."""
    try:
        return index_of(current_settings()).share(query, status="open", now=now)
    except IndexUnusable as error:
        log.warning("how many listings match cannot be told: %s", error)
        return None


def _facets(
    session: Session, index: SearchIndex, query: Query, status: Status, names: Sequence[str], now: datetime
) -> dict[str, list[FacetCount]]:
    counted = index.facets(query, status=status, names=names, now=now)
    return facet_names.named(session, index, counted, now)


def _find_in_database(
    session: Session, query: Query, filters: Filters, cursor: str | None, limit: int, now: datetime
) -> Found:
    below = read_cursor(cursor, "newest")
    scanned = scan(session, query, status=filters.status, below=below, limit=limit, now=now)
    cursor = None if scanned.next_below is None else make_cursor("newest", scanned.next_below)
    partial = not scanned.complete or filters.sort != "newest"
    return _found(session, query, scanned.ids, scanned.total, cursor, partial)


def _found(
    session: Session, query: Query, ids: Sequence[int], total: int | None, cursor: str | None, partial: bool
) -> Found:
    rows = select(Listing).where(Listing.id.in_(ids))
    rows = rows.options(joinedload(Listing.company), joinedload(Listing.board))
    by_id = {listing.id: listing for listing in session.scalars(rows)}
    listings = [by_id[listing_id] for listing_id in ids if listing_id in by_id]
    return Found(listings, total, cursor, partial, query.canonical, _snippets(session, query, list(by_id)))


def _snippets(session: Session, query: Query, ids: Sequence[int]) -> dict[int, str]:
    sought: list[Words] = [words for words in sought_terms(query.node) if words.field is None]
    if not sought or not ids:
        return {}
    texts = select(ListingText.listing_id, ListingText.html).where(ListingText.listing_id.in_(ids))
    made = ((listing_id, snippet_of(html, sought)) for listing_id, html in session.execute(texts))
    return {listing_id: text for listing_id, text in made if text}
