"""Arbeitnow's job board: https://www.arbeitnow.com/blog/job-board-api. Mostly German."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.queries import Search, number_of
from backend.sources.shapes import Fields, rows

API = "https://www.arbeitnow.com/api/job-board-api"
MAX_PAGES = 100


class Arbeitnow(Search):
    """The token is a query, or `all`. Complete when the page without a next one was reached."""

    name = "arbeitnow"
    label = "Arbeitnow"
    parser_version = 1
    url_forms = ("www.arbeitnow.com/api/job-board-api",)
    envelope = "data"
    api = API
    hosts = ("www.arbeitnow.com", "arbeitnow.com")
    paths = (("api", "job-board-api"),)
    conditions = ("search", "visa_sponsorship", "remote", "tags")

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        link = Fields(answer).object("links").link("next") if found else None
        following = _next_request(response.request.url, link)
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=following,
            complete=link is None or following is not None,
        )


def _next_request(asked: str, link: str | None) -> Request | None:
    """The next page, as long as it is on the host and a later one."""
    if link is None or urlsplit(link).hostname != urlsplit(API).hostname:
        return None
    page = number_of(link, "page", 0)
    return Request(link) if number_of(asked, "page", 1) < page <= MAX_PAGES else None


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("slug")
    place = row.text("location")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("url") or f"https://www.arbeitnow.com/view/{external_id}",
        company=row.text("company_name"),
        locations=(Location(place),) if place else (),
        description_html=row.text("description") or "",
        department=next(iter(row.texts("tags")), None),
        employment_type=", ".join(row.texts("job_types")) or None,
        work_mode="remote" if row.flag("remote") else None,
        posted_at=row.epoch_s("created_at"),  # seconds
    )
