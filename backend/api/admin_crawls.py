"""Reports of crawls, for admins."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from backend.api import paging
from backend.api.access import admin
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Moment
from backend.models import Crawl, CrawlStatus, db
from backend.services import crawls

blueprint = APIBlueprint("admin_crawls", __name__, url_prefix="/api/admin/crawls", tag="Administration")


class BoardName(Answer):
    id: int
    source: str = Field(examples=["greenhouse"])
    token: str = Field(examples=["stripe"])


class CrawlAnswer(Answer):
    """One visit to one board: what it saw, what that changed, and what it cost."""

    id: int
    board: BoardName
    started_at: Moment
    finished_at: Moment
    status: str
    complete: bool
    seen: int
    new: int
    changed: int
    missing: int
    closed: int
    reopened: int
    bytes: int
    requests: int
    seconds: float
    error: str | None


class CrawlPage(Page[CrawlAnswer]):
    """Crawls, the newest first; they are not counted."""


class CrawlQuery(PageQuery):
    board_id: int | None = Field(None, ge=1, le=2**63 - 1, description="of one board only", examples=[5])
    status: CrawlStatus | None = Field(None, description="only such crawls")


def crawl_answer(crawl: Crawl) -> CrawlAnswer:
    return CrawlAnswer.model_validate(crawl)


@blueprint.get("")
@admin
@blueprint.input(CrawlQuery, location="query")
@blueprint.output(CrawlPage)
def list_crawls(query_data: CrawlQuery) -> CrawlPage:
    """Reports of crawls, the newest first"""
    before = paging.decode(query_data.cursor, int)
    found = crawls.page(
        db.session(),
        board_id=query_data.board_id,
        status=query_data.status,
        before=before[0] if before else None,
        limit=query_data.limit + 1,
    )
    shown, more = found[: query_data.limit], len(found) > query_data.limit
    return CrawlPage(
        items=[crawl_answer(crawl) for crawl in shown],
        total=None,
        next_cursor=paging.encode(shown[-1].id) if more else None,
    )
