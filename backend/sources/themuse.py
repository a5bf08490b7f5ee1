"""The Muse: https://www.themuse.com/developers/api/v2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.queries import Search, number_of, with_parameter
from backend.sources.shapes import Fields, rows

API = "https://www.themuse.com/api/public/jobs"
MAX_PAGES = 60  # of 20; the endpoint itself ends after about 99
REMOTE = "Flexible / Remote"  # stands among the places
_LEVELS = {
    "management": "manager",
    "internship": "internship",
    "senior": "senior",
    "mid": "mid",
    "entry": "entry_level",
}


class TheMuse(Search):
    """The token is a query: `category=Data+Science`. Complete while it has no more pages than we read."""

    name = "themuse"
    label = "The Muse"
    parser_version = 1
    url_forms = ("www.themuse.com/api/public/jobs?company=COMPANY",)
    envelope = "results"
    api = API
    hosts = ("www.themuse.com", "themuse.com")
    paths = (("api", "public", "jobs"),)
    conditions = ("company", "category", "level", "location")
    first = (("page", 1),)
    wants = ("themuse_api_key",)

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:
        """A key is not needed; with one, 3,600 calls an hour are free instead of 500."""
        key = credentials.get("themuse_api_key")
        return replace(request, url=with_parameter(request.url, "api_key", key)) if key else request

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        url = response.request.url or API
        page = max(1, number_of(url, "page", 1))
        pages = Fields(answer).whole("page_count") or 0
        more = bool(found) and page < min(pages, MAX_PAGES)
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=Request(with_parameter(url, "page", page + 1)) if more else None,
            complete=pages <= MAX_PAGES,
        )


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    places = [name for place in row.objects("locations") if (name := place.text("name"))]
    levels = [name for level in row.objects("levels") if (name := level.text("short_name"))]
    company = row.object("company")
    own = f"https://www.themuse.com/jobs/{company.text('short_name')}/{row.text('short_name')}"
    known = company.text("short_name") and row.text("short_name")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=row.object("refs").link("landing_page") or (own if known else f"{API}/{external_id}"),
        company=company.text("name"),
        locations=tuple(Location(place) for place in places if place != REMOTE),
        description_html=row.text("contents") or "",
        department=next((name for item in row.objects("categories") if (name := item.text("name"))), None),
        work_mode="remote" if REMOTE in places else None,
        level=_LEVELS.get(levels[0]) if len(levels) == 1 else None,
        posted_at=row.moment("publication_date"),
    )
