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
from backend.services.companies import Tally

blueprint = APIBlueprint("companies", __name__, url_prefix="/api/companies", tag="Companies")


class CompanyRow(Answer):
    slug: str = Field(examples=["stripe"])
    name: str = Field(examples=["Stripe"])
    country: str | None = Field(examples=["US"])
    sector: str | None
    open: int
    new_this_week: int
    closed: int


class CompanyBoard(Answer):
    id: int
    source: str = Field(examples=["greenhouse"])
    url: str
    last_crawl_at: Moment | None
    last_status: str | None
    health: Health
    open: int


class CompanyAnswer(CompanyRow):
    boards: list[CompanyBoard]


class CompanyPage(Page[CompanyRow]):
    """Companies by name."""


class CompanyQuery(PageQuery):
    q: str = Field("", max_length=100, description="part of the name")


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
    """Companies by name"""
    after = paging.decode(query_data.cursor, str, int)
    found = companies.page(
        db.session(),
        text=query_data.q,
        after=(after[0], after[1]) if after else None,
        limit=query_data.limit + 1,
    )
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    tallies = companies.tallies(db.session(), [company.id for company in shown], now())
    return CompanyPage(
        items=[row(company, tallies.get(company.id, Tally())) for company in shown],
        total=companies.count(db.session(), text=query_data.q),
        next_cursor=paging.encode(shown[-1].name, shown[-1].id) if more else None,
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
