"""What the search field offers while one types; and companies that visitors miss: anybody suggests, admins
accept or dismiss.
"""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from pydantic import Field

from backend.api import limits, paging
from backend.api.access import admin, public
from backend.api.admin_boards import BoardAnswer, board_answer, fetcher
from backend.api.clock import now
from backend.api.errors import not_found
from backend.api.formats import CareersUrl
from backend.api.limits import limiter
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Body, Message, Moment, Query
from backend.app import current_settings
from backend.models import Suggestion, SuggestionStatus, db
from backend.services import completions, discovery, suggestions
from backend.services.search import search_directory

blueprint = APIBlueprint("suggestions", __name__, url_prefix="/api", tag="Suggestions")

Status = Literal["open", "accepted", "dismissed"]
THANKS = "Thank you. What can be read will be added after a look."


class NewSuggestion(Body):
    url: CareersUrl = Field(max_length=600, examples=["https://example.com/careers"])
    company: str = Field("", max_length=200)


class SuggestionAnswer(Answer):
    """`board` is what `url` names by itself, as source:token; null where its page has to be looked into."""

    id: int
    url: str
    company: str
    status: Status
    times: int = Field(description="how often it was suggested")
    created_at: Moment
    decided_at: Moment | None
    board: str | None
    board_id: int | None


class SuggestionPage(Page[SuggestionAnswer]):
    """Suggestions in the order they came."""


class SuggestionQuery(PageQuery):
    status: Status = Field("open", description="only such suggestions")


def suggestion_answer(suggestion: Suggestion) -> SuggestionAnswer:
    found = suggestions.board_named(suggestion)
    return SuggestionAnswer(
        id=suggestion.id,
        url=suggestion.url,
        company=suggestion.company,
        status=SuggestionStatus(suggestion.status).value,
        times=suggestion.times,
        created_at=suggestion.created_at,
        decided_at=suggestion.decided_at,
        board=f"{found[0].name}:{found[1]}" if found else None,
        board_id=suggestion.board_id,
    )


class Completion(Answer):
    """`query` is the text to put into the search; `count`: how many open listings it found lately."""

    kind: Literal["title", "company", "place"]
    text: str = Field(examples=["Data engineer"])
    query: str = Field(examples=['title:"data engineer"'])
    count: int


class CompletionList(Answer):
    items: list[Completion]


class CompletionQuery(Query):
    q: str = Field("", max_length=100, description="what is typed so far", examples=["data en"])
    limit: int = Field(8, ge=1, le=20, description="completions at most")


@blueprint.get("/suggestions")
@public
@limiter.limit(limits.TYPING, key_func=limits.user_or_client)
@blueprint.input(CompletionQuery, location="query")
@blueprint.output(CompletionList)
def complete_search(query_data: CompletionQuery) -> CompletionList:
    """Titles, companies and places that begin with what is typed"""
    found = completions.complete(search_directory(current_settings()), query_data.q, query_data.limit)
    return CompletionList(items=[Completion.model_validate(one) for one in found])


@blueprint.post("/suggestions")
@public
@limiter.limit(limits.SUGGEST)
@blueprint.input(NewSuggestion)
@blueprint.output(Message, status_code=202)
def suggest(json_data: NewSuggestion) -> Message:
    """Say which company is missing; the answer is the same whether it is known or not"""
    suggestions.suggest(db.session(), json_data.url, json_data.company, now())
    return Message(message=THANKS)


@blueprint.get("/admin/suggestions")
@admin
@blueprint.input(SuggestionQuery, location="query")
@blueprint.output(SuggestionPage)
def list_suggestions(query_data: SuggestionQuery) -> SuggestionPage:
    """What visitors miss"""
    after = paging.decode(query_data.cursor, int)
    status = SuggestionStatus(query_data.status)
    found = suggestions.page(
        db.session(), status, after=after[0] if after else None, limit=query_data.limit + 1
    )
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    return SuggestionPage(
        items=[suggestion_answer(suggestion) for suggestion in shown],
        total=suggestions.count(db.session(), status),
        next_cursor=paging.encode(shown[-1].id) if more else None,
    )


@blueprint.post("/admin/suggestions/<int:id>/accept")
@admin
@limiter.limit(limits.RECOGNISE, key_func=limits.user_or_client)
@blueprint.output(BoardAnswer)
def accept_suggestion(id: int) -> BoardAnswer:
    """Find the board behind a suggestion and watch it; it is crawled at once"""
    suggestion = db.session().get(Suggestion, id)
    if suggestion is None:
        raise not_found("suggestion")
    url, found = suggestion.url, suggestions.board_named(suggestion)
    db.session.rollback()  # no transaction is held open while a careers site thinks
    found = found or discovery.locate(fetcher(), current_settings(), url)
    board = suggestions.accept(db.session(), id, found, now())
    if board is None:
        raise not_found("suggestion")
    return board_answer(board)


@blueprint.post("/admin/suggestions/<int:id>/dismiss")
@admin
@blueprint.output(SuggestionAnswer)
def dismiss_suggestion(id: int) -> SuggestionAnswer:
    """Leave a suggestion be; it stays dismissed when it comes again"""
    return decided(id, SuggestionStatus.DISMISSED)


@blueprint.post("/admin/suggestions/<int:id>/reopen")
@admin
@blueprint.output(SuggestionAnswer)
def reopen_suggestion(id: int) -> SuggestionAnswer:
    """Take a dismissal back"""
    return decided(id, SuggestionStatus.OPEN)


def decided(id: int, status: SuggestionStatus) -> SuggestionAnswer:
    suggestion = suggestions.decide(db.session(), id, status, now())
    if suggestion is None:
        raise not_found("suggestion")
    return suggestion_answer(suggestion)
