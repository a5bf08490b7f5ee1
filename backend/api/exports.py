"""Whole searches as files: CSV and JSON Lines, sent as they are read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import chain

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field
from sqlalchemy.orm import Session

from backend.api import limits
from backend.api.access import public
from backend.api.caching import not_modified
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode, invalid
from backend.api.limits import limiter
from backend.api.listings import summary
from backend.api.schema import a_text, zulu
from backend.api.search import ListingFilters, filters_of
from backend.app import current_settings
from backend.domain.query import QueryError, Sort
from backend.models import Listing, db
from backend.services import downloads, search

blueprint = APIBlueprint("exports", __name__, url_prefix="/api/listings", tag="Listings")

Encoder = Callable[[Sequence[Listing]], str]

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""What a spreadsheet would run or look up (OWASP, CSV injection)."""
COLUMNS: dict[str, Callable[[Listing], object]] = {
    "id": lambda one: one.id,
    "title": lambda one: safe(one.title),
    "company": lambda one: safe(one.company.name),
    "company_slug": lambda one: safe(one.company.slug),
    "locations": lambda one: safe(" | ".join(place.get("text") or "" for place in one.locations)),
    "countries": lambda one: " ".join(sorted({c for place in one.locations if (c := place.get("country"))})),
    "work_mode": lambda one: one.work_mode,
    "employment_type": lambda one: one.employment_type,
    "level": lambda one: one.level,
    "salary_min": lambda one: number(one.salary_min),
    "salary_max": lambda one: number(one.salary_max),
    "salary_currency": lambda one: one.salary_currency,
    "salary_period": lambda one: one.salary_period,
    "department": lambda one: safe(one.department or ""),
    "posted_at": lambda one: stamp(one.posted_at),
    "first_seen_at": lambda one: stamp(one.first_seen_at),
    "closed_at": lambda one: stamp(one.closed_at),
    "source": lambda one: one.board.source,
    "url": lambda one: safe(one.url),
}
BUSY = "The search index is being made; this search takes too long without it. Try again later."
CSV_EXAMPLE = "id,title,company,…\r\n17,Senior Python Engineer,Stripe,…\r\n"
JSONL_EXAMPLE = '{"id":17,"title":"Senior Python Engineer",…}\n'


class ExportQuery(ListingFilters):
    """The filters of a search, and an order."""

    sort: Sort = Field("newest", description="by relevance there are only the best thousand")


def safe(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula: such a one gets an apostrophe in front."""
    text = " ".join(text.split())
    return "'" + text if FORMULA.match(text) else text


def stamp(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None


def number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def csv_lines(listings: Sequence[Listing]) -> str:
    return csv_text([[value(listing) for value in COLUMNS.values()] for listing in listings])


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """RFC 4180."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def json_lines(listings: Sequence[Listing]) -> str:
    return "".join(f"{summary(listing).model_dump_json(exclude={'snippet'})}\n" for listing in listings)


def download(query: ExportQuery, name: str, content_type: str, head: str, encode: Encoder) -> Response:
    """What is refused is refused before the first byte; from then on an error breaks the answer off."""
    moment, index = now(), search.index_of(current_settings())
    try:
        wanted = downloads.wanted(filters_of(query, query.sort), current_settings().export_limit)
    except QueryError as error:
        raise invalid("q", str(error), error.column) from None
    state = downloads.state(index, wanted, moment)
    if state is not None and (unchanged := not_modified(*state)) is not None:
        return unchanged
    with ExitStack() as resources:
        session = resources.enter_context(Session(db.engine))  # its own: the answer outlives the request
        try:
            batches = downloads.batches(session, index, wanted, moment)
        except TimeoutError:
            raise ApiError(ErrorCode.UNAVAILABLE, BUSY, headers={"Retry-After": "60"}) from None
        response = Response(
            chain([head], map(encode, batches)),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
        response.call_on_close(resources.pop_all().close)
    return response


@blueprint.get("/export.csv")
@public
@limiter.limit(limits.EXPORT, key_func=limits.user_or_client)
@blueprint.input(ExportQuery, location="query")
@blueprint.doc(responses=a_text("text/csv", "One row a listing", CSV_EXAMPLE))
def export_csv(query_data: ExportQuery) -> Response:
    """All that a search finds, as CSV

    At most 50,000 rows, or as many as the operator allows. UTF-8, a header row, times in UTC. A text that a
    spreadsheet would take for a formula begins with an apostrophe.
    """
    head = csv_text([list(COLUMNS)])
    return download(query_data, "listings.csv", "text/csv; charset=utf-8", head, csv_lines)


@blueprint.get("/export.jsonl")
@public
@limiter.limit(limits.EXPORT, key_func=limits.user_or_client)
@blueprint.input(ExportQuery, location="query")
@blueprint.doc(responses=a_text("application/jsonl", "One listing a line", JSONL_EXAMPLE))
def export_jsonl(query_data: ExportQuery) -> Response:
    """All that a search finds, as JSON Lines

    At most 50,000 lines, or as many as the operator allows. Each is a `ListingSummary` without its snippet.
    """
    return download(query_data, "listings.jsonl", "application/jsonl; charset=utf-8", "", json_lines)
