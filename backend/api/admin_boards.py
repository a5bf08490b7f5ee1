"""Boards, for admins: found by a pasted URL, watched, paused, crawled now, forgotten."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response, current_app, url_for
from pydantic import Field

from backend.api import limits, paging
from backend.api.access import admin
from backend.api.clock import now
from backend.api.errors import not_found
from backend.api.formats import CareersUrl
from backend.api.limits import limiter
from backend.api.listings import CompanyName, Place
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Body, Health, Moment
from backend.app import current_redis, current_settings
from backend.fetch import Fetcher, build_fetcher
from backend.models import Board, BoardStatus, db
from backend.services import board_health, boards, discovery
from backend.services.boards import Choice
from backend.services.discovery import Recognised

blueprint = APIBlueprint("admin_boards", __name__, url_prefix="/api/admin/boards", tag="Administration")

Status = Literal["active", "paused", "gone"]


class BoardAnswer(Answer):
    """One endpoint that is crawled. `held`: the last crawl missed too much to be believed at once."""

    id: int
    source: str = Field(examples=["greenhouse"])
    token: str = Field(examples=["stripe"])
    url: str
    company: CompanyName
    status: Status
    open: int
    last_crawl_at: Moment | None
    last_status: str | None
    last_error: str | None
    failures: int
    next_crawl_at: Moment | None
    mean_seconds: float | None
    held: bool
    health: Health


class BoardPage(Page[BoardAnswer]):
    """Boards in the order they were added."""


class BoardQuery(PageQuery):
    q: str = Field("", max_length=100, description="part of the company's name or of the token")
    status: Status | None = Field(None, description="only such boards")
    source: str | None = Field(None, max_length=40, description="a source's name", examples=["greenhouse"])


class PastedUrl(Body):
    url: CareersUrl = Field(
        examples=["https://boards.greenhouse.io/stripe"],
        description="a careers page of any kind, or source:token",
    )


class NewBoard(PastedUrl):
    company: str = Field("", max_length=200, description="the employer; empty: the token")


class BoardPatch(Body):
    status: Literal["active", "paused"] | None = None
    company: str | None = Field(None, min_length=1, max_length=200)


class SamplePosting(Answer):
    title: str
    url: str
    locations: list[Place]


class Candidate(Answer):
    source: str
    token: str
    url: str


class RecognisedAnswer(Answer):
    """What a pasted URL turned out to be. `count` is of the first page of the board."""

    source: str
    token: str
    url: str
    known_board_id: int | None
    sample: list[SamplePosting]
    count: int
    found_on: str | None = Field(description="the page that shows the board; null: the URL itself names it")
    others: list[Candidate] = Field(description="further boards that the page shows")


class CrawlAsked(Answer):
    board_id: int
    status_url: str = Field(description="where the crawl's report will appear")


def board_answer(board: Board) -> BoardAnswer:
    return BoardAnswer(
        id=board.id,
        source=board.source,
        token=board.token,
        url=board.url,
        company=CompanyName(slug=board.company.slug, name=board.company.name),
        status=BoardStatus(board.status).value,
        open=board.open_count,
        last_crawl_at=board.last_crawl_at,
        last_status=board.last_status,
        last_error=board.last_error,
        failures=board.failures,
        next_crawl_at=board.next_crawl_at,
        mean_seconds=board.mean_seconds,
        held=board.held is not None,
        health=board_health.health(board),
    )


def fetcher() -> Fetcher:
    """The process's own, made when first needed."""
    known: Fetcher | None = current_app.extensions.get("fetcher")
    if known is None:
        known = current_app.extensions["fetcher"] = build_fetcher(current_settings(), current_redis())
    return known


def recognised_answer(found: Recognised) -> RecognisedAnswer:
    known = boards.find(db.session(), found.source.name, found.token)
    return RecognisedAnswer(
        source=found.source.name,
        token=found.token,
        url=found.url,
        known_board_id=known.id if known else None,
        count=found.count,
        found_on=found.found_on,
        others=[
            Candidate(source=source.name, token=token, url=source.board_url(token))
            for source, token in found.others
        ],
        sample=[
            SamplePosting(
                title=posting.title,
                url=posting.url,
                locations=[Place.model_validate(location) for location in posting.locations],
            )
            for posting in found.sample
        ],
    )


@blueprint.get("")
@admin
@blueprint.input(BoardQuery, location="query")
@blueprint.output(BoardPage)
def list_boards(query_data: BoardQuery) -> BoardPage:
    """Boards and their health"""
    after = paging.decode(query_data.cursor, int)
    choice = Choice(query_data.q, query_data.status, query_data.source)
    found = boards.page(db.session(), choice, after=after[0] if after else None, limit=query_data.limit + 1)
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    return BoardPage(
        items=[board_answer(board) for board in shown],
        total=boards.count(db.session(), choice),
        next_cursor=paging.encode(shown[-1].id) if more else None,
    )


@blueprint.post("/recognise")
@admin
@limiter.limit(limits.RECOGNISE, key_func=limits.user_or_client)
@blueprint.input(PastedUrl)
@blueprint.output(RecognisedAnswer)
def recognise_board(json_data: PastedUrl) -> RecognisedAnswer:
    """Which source and token a pasted URL is, with the board's first postings as proof"""
    db.session.rollback()  # no transaction is held open while a careers site thinks
    return recognised_answer(discovery.recognise(fetcher(), current_settings(), json_data.url))


@blueprint.post("")
@admin
@limiter.limit(limits.RECOGNISE, key_func=limits.user_or_client)
@blueprint.input(NewBoard)
@blueprint.output(BoardAnswer, status_code=201)
def add_board(json_data: NewBoard) -> BoardAnswer:
    """Watch a board; it is crawled at once"""
    db.session.rollback()  # no transaction is held open while a careers site thinks
    source, token = discovery.locate(fetcher(), current_settings(), json_data.url)
    board = boards.watch(db.session(), source, token, json_data.company, now())
    return board_answer(board)


@blueprint.get("/<int:id>")
@admin
@blueprint.output(BoardAnswer)
def get_board(id: int) -> BoardAnswer:
    """One board"""
    board = db.session().get(Board, id)
    if board is None:
        raise not_found("board")
    return board_answer(board)


@blueprint.patch("/<int:id>")
@admin
@blueprint.input(BoardPatch)
@blueprint.output(BoardAnswer)
def change_board(id: int, json_data: BoardPatch) -> BoardAnswer:
    """Pause a board, watch it again, or name its employer"""
    board = db.session().get(Board, id)
    if json_data.status:
        board = boards.set_status(db.session(), id, BoardStatus(json_data.status), now())
    if json_data.company:
        board = boards.rename_company(db.session(), id, json_data.company)
    if board is None:
        raise not_found("board")
    return board_answer(board)


@blueprint.delete("/<int:id>")
@admin
@blueprint.doc(responses={204: "Forgotten, with its listings"})
def delete_board(id: int) -> Response:
    """Forget a board and its listings"""
    if not boards.remove(db.session(), id):
        raise not_found("board")
    return Response(status=204)


@blueprint.post("/<int:id>/crawl")
@admin
@blueprint.output(CrawlAsked, status_code=202)
def crawl_board(id: int) -> CrawlAsked:
    """Crawl a board as soon as a worker is free"""
    if boards.crawl_now(db.session(), id, now()) is None:
        raise not_found("board")
    return CrawlAsked(board_id=id, status_url=url_for("admin_crawls.list_crawls", board_id=id))
