"""Employers: by name, and one with the boards it comes from."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from backend.api import paging
from backend.api.access import public
from backend.api.clock import now
from backend.api.errors import not_found
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Health, Moment
from backend.models import Board, Company, db
from backend.services import board_health, companies
from backend.services.companies import Choice, Order, Tally

blueprint = APIBlueprint("companies", __name__, url_prefix="/api/companies", tag="Companies")


class CompanyRow(Answer):
    """An employer and its listings; what a board's first crawl brought is open, but not new."""

    slug: str = Field(examples=["stripe"])
    name: str = Field(examples=["Stripe"])
    country: str | None = Field(examples=["US"], description="ISO 3166-1 alpha-2")
    sector: str | None = Field(examples=["Payments"])
    open: int = Field(examples=[412])
    new_this_week: int = Field(examples=[18])
    closed: int = Field(examples=[1730])


class CompanyBoard(Answer):
    id: int
    source: str = Field(examples=["greenhouse"])
    url: str
    last_crawl_at: Moment | None
    last_status: str | None
    health: Health
    open: int


class CompanyAnswer(CompanyRow):
    """A company with its boards, counted as it is asked for."""

    boards: list[CompanyBoard]


class SectorRow(Answer):
    name: str = Field(examples=["Payments"])
    companies: int = Field(examples=[23])


class CompanyPage(Page[CompanyRow]):
    """Companies, their listings as they were last counted. `sectors`: of all that match `q`."""

    sectors: list[SectorRow]


class CompanyQuery(PageQuery):
    """Part of a name, a sector, an order and a page."""

    q: str = Field("", max_length=100, description="part of the name", examples=["stri"])
    sector: str = Field("", max_length=80, description="a sector's whole name", examples=["Payments"])
    sort: Order = Field("name", description="by name, or the most open or new listings first")


def row(company: Company, tally: Tally) -> CompanyRow:
    return CompanyRow(
        slug=company.slug,
        name=company.name,
        country=company.country,
        sector=company.sector,
        open=tally.open,
        new_this_week=tally.new_this_week,
        closed=tally.closed,
    )


def last_tally(company: Company) -> Tally:
    return Tally(company.open_count, company.new_count, company.closed_count)


def board_row(board: Board) -> CompanyBoard:
    return CompanyBoard(
        id=board.id,
        source=board.source,
        url=board.url,
        last_crawl_at=board.last_crawl_at,
        last_status=board.last_status,
        health=board_health.health(board),
        open=board.open_count,
    )


@blueprint.get("")
@public
@blueprint.input(CompanyQuery, location="query")
@blueprint.output(CompanyPage)
def list_companies(query_data: CompanyQuery) -> CompanyPage:
    """Companies by name, or by how many listings are open or new"""
    order, kind = query_data.sort, str if query_data.sort == "name" else int
    after = paging.decode(query_data.cursor, kind, int)
    choice = Choice(query_data.q, query_data.sector)
    found = companies.page(
        db.session(),
        choice,
        order=order,
        after=(after[0], after[1]) if after else None,
        limit=query_data.limit + 1,
    )
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    return CompanyPage(
        items=[row(company, last_tally(company)) for company in shown],
        total=companies.count(db.session(), choice),
        next_cursor=paging.encode(*companies.place(shown[-1], order)) if more else None,
        sectors=[SectorRow(name=name, companies=n) for name, n in companies.sectors(db.session(), choice)],
    )


@blueprint.get("/<slug>")
@public
@blueprint.output(CompanyAnswer)
def get_company(slug: str) -> CompanyAnswer:
    """A company and the boards it comes from"""
    company = companies.by_slug(db.session(), slug)
    if company is None:
        raise not_found("company")
    tally = companies.tallies(db.session(), [company.id], now()).get(company.id, Tally())
    return CompanyAnswer(
        **row(company, tally).model_dump(), boards=[board_row(board) for board in company.boards]
    )
