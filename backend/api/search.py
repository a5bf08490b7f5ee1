"""The search for listings."""

from __future__ import annotations

from typing import Literal, cast, get_args

from apiflask import APIBlueprint
from pydantic import Field, field_validator

from backend.api import limits
from backend.api.access import public
from backend.api.clock import now
from backend.api.errors import invalid
from backend.api.formats import Country, QueryText, Slug, SourceName, Words
from backend.api.limits import limiter
from backend.api.listings import ListingSummary, summary
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Query
from backend.domain.posting import EmploymentType, Level, WorkMode
from backend.domain.query import Filters, QueryError, Sort, Status
from backend.models import db
from backend.services import search

blueprint = APIBlueprint("search", __name__, url_prefix="/api/listings", tag="Listings")


FacetName = Literal["employer", "country", "city", "mode", "type", "level", "source", "posted"]
FACETS = get_args(FacetName)


class FacetValue(Answer):
    """A value as the filter of the same name takes it, what people call it, and how many listings have it."""

    value: str = Field(examples=["DE"])
    label: str = Field(examples=["Germany"])
    count: int


class ListingPage(Page[ListingSummary]):
    """`canonical` is the search as one query text: a tracker with it finds the same.

    `partial`: the index is behind or being rebuilt, so that some listings may be missing; the header
    `X-Partial` says so too. `facets`: for each one asked for its commonest values and the selected ones,
    counted as if the facet itself had no filter; null where none was asked for or the database answers.
    `instead`: nothing matched, and the items and `total` are those of this corrected query. `did_you_mean`:
    other corrections of `q`.
    """

    partial: bool
    canonical: str = Field(examples=["python country:DE mode:remote"])
    facets: dict[FacetName, list[FacetValue]] | None
    instead: str | None = Field(examples=["kubernetes"])
    did_you_mean: list[str]


class ListingFilters(Query):
    """Values of one filter are ORed, filters are ANDed."""

    q: QueryText = Field(
        "", description='words, "phrases", -excluded, title:...', examples=["senior python -intern"]
    )
    company: list[Words] = Field([], max_length=20, description="words of the name")
    country: list[Country] = Field([], max_length=20, description="codes or English names", examples=[["DE"]])
    location: Words = Field("", description="words of the place", examples=["berlin"])
    mode: list[WorkMode] = Field([], max_length=10, description="where the work is done")
    type: list[EmploymentType] = Field([], max_length=10, description="of employment")
    level: list[Level] = Field([], max_length=10, description="of experience")
    source: list[SourceName] = Field(
        [], max_length=20, description="where they were found", examples=[["greenhouse"]]
    )
    employer: list[Slug] = Field([], max_length=20, description="slugs of companies", examples=[["stripe"]])
    city: list[Words] = Field([], max_length=20, description="whole names", examples=[["New York"]])
    posted_within: str | None = Field(
        None, pattern=r"^[1-9][0-9]{0,3}[hdw]$", description="24h, 7d or 4w", examples=["7d"]
    )
    salary_min: float | None = Field(
        None, ge=0, le=1e9, description="for a year, in the listing's own currency"
    )
    status: Status = Field("open", description="open ones, those that closed, or both")


class ListingQuery(PageQuery, ListingFilters):
    """The filters, an order, a page of what they find, and counts beside it."""

    count: bool = Field(
        True,
        description="whether `total` is wanted: the newest come sooner without; relevance always tells it",
    )
    sort: Sort = Field("newest", description="relevance needs words in q; salary: highest yearly pay first")
    facets: str = Field(
        "",
        max_length=100,
        description="counts wanted beside the items, with commas: " + ", ".join(FACETS),
        examples=["country,mode,posted"],
        json_schema_extra={"pattern": f"^({'|'.join(FACETS)})(,({'|'.join(FACETS)}))*$"},
    )

    @field_validator("facets")
    @classmethod
    def refuse_unknown_facets(cls, text: str) -> str:
        for name in facets_in(text):
            if name not in FACETS:
                raise ValueError(f"a facet is one of {', '.join(FACETS)}")
        return text


def facets_in(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def days_of(age: str | None) -> int | None:
    """24h -> 1, 7d -> 7, 2w -> 14: whole days, rounded up."""
    if age is None:
        return None
    number, unit = int(age[:-1]), age[-1]
    return {"h": -(-number // 24), "d": number, "w": 7 * number}[unit]


def filters_of(query: ListingFilters, sort: Sort = "newest") -> Filters:
    return Filters(
        q=query.q,
        company=query.company,
        country=query.country,
        location=query.location or None,
        mode=[one.value for one in query.mode],
        type=[one.value for one in query.type],
        level=[one.value for one in query.level],
        source=query.source,
        employer=query.employer,
        city=query.city,
        posted_within_days=days_of(query.posted_within),
        salary_min=query.salary_min,
        status=query.status,
        sort=sort,
    )


@blueprint.get("")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.input(ListingQuery, location="query")
@blueprint.output(ListingPage)
def search_listings(query_data: ListingQuery) -> tuple[ListingPage, int, dict[str, str]]:
    """Search listings"""
    try:
        found = search.find(
            db.session(),
            filters_of(query_data, query_data.sort),
            query_data.cursor,
            query_data.limit,
            now(),
            facets=facets_in(query_data.facets),
            lenient=True,
            counted=query_data.count,
        )
    except QueryError as error:
        raise invalid("q", str(error), error.column) from None
    except search.BadCursor as error:
        raise invalid("cursor", str(error)) from None
    return page_of(found), 200, {"X-Partial": "true"} if found.partial else {}


def page_of(found: search.Found) -> ListingPage:
    return ListingPage(
        items=[summary(listing, found.snippets.get(listing.id)) for listing in found.listings],
        total=found.total,
        next_cursor=found.next_cursor,
        partial=found.partial,
        canonical=found.canonical,
        facets=cast("dict[FacetName, list[FacetValue]] | None", found.facets),
        instead=found.instead,
        did_you_mean=list(found.did_you_mean),
    )
