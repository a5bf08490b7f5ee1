"""Torre's search: lists by POST, each with the cursor of the next."""

from __future__ import annotations

import json
from collections.abc import Iterator

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.queries import Search, parameter, search_token, with_parameter, with_search
from backend.sources.shapes import Fields, rows
from backend.sources.texts import lines_as_html

API = "https://search.torre.co/opportunities/_search"
LIMIT = 50
MAX_PAGES = 40
CONDITIONS = {"q": "q", "keywords": "q"}
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


class Torre(Search):
    """The token is `q=WORDS`, or `all`. After 2,000 openings we stop, and the list is not complete."""

    name = "torre"
    label = "Torre"
    parser_version = 1
    url_forms = ("torre.ai/search/jobs?q=WORDS",)
    envelope = "results"
    page = "https://torre.ai/search/jobs"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        is_api = address.host == "search.torre.co" and address.path == ("opportunities", "_search")
        is_page = address.host in {"torre.ai", "torre.co"} and address.path == ("search", "jobs")
        return search_token(url, CONDITIONS) if is_api or is_page else None

    def first_request(self, token: str) -> Request:
        url = with_search(API, token)
        words = parameter(url, "q")
        conditions: list[object] = [{"status": {"code": "open"}}]
        if words:
            conditions.insert(0, {"keywords": {"term": words, "locale": "en"}})
        body = json.dumps({"and": conditions}).encode()
        return Request(with_parameter(url, "size", LIMIT), "POST", _HEADERS, body, {"page": 1})

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        cursor = Fields(answer).object("pagination").text("next") if found else None
        following = _next_request(response.request, cursor)
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=following,
            complete=cursor is None or following is not None,
            closed=frozenset(
                row.need_id("id") for row in found if (row.text("status") or "open").lower() != "open"
            ),
        )


def _next_request(asked: Request, cursor: str | None) -> Request | None:
    """The same question after the cursor."""
    page = asked.memo.get("page", 1)
    if cursor is None or page >= MAX_PAGES or parameter(asked.url, "after") == cursor:
        return None
    url = with_parameter(asked.url or API, "after", cursor)
    return Request(url, "POST", asked.headers or _HEADERS, asked.body or b"{}", {"page": page + 1})


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    slug = row.text("slug")
    return Posting(
        external_id=external_id,
        title=row.need_text("objective"),
        url=f"https://torre.ai/post/{external_id}" + (f"-{slug}" if slug else ""),
        company=next((name for item in row.objects("organizations") if (name := item.text("name"))), None),
        locations=tuple(_places(row)),
        description_html=lines_as_html(row.text("tagline")) or "",
        employment_type=row.text("type") or row.text("commitment"),
        work_mode="remote" if row.flag("remote") or row.object("place").flag("remote") else None,
        salary=_salary(row.object("compensation")),
        posted_at=row.moment("created"),
    )


def _places(row: Fields) -> Iterator[Location]:
    places = row.object("place").objects("location")
    for place in places:
        text = place.text("id")
        if text:
            yield Location(text, country=country_code(place.text("countryCode")))
    if not places:
        for text in row.texts("locations"):
            yield Location(text, country=country_code(text))


def _salary(compensation: Fields) -> Salary | None:
    """What is shown to all; "to be agreed" comes with zeros, which are unknown."""
    pay = compensation.object("data")
    if compensation.flag("visible") is False:
        return None
    period = salary_period(pay.text("periodicity"))
    return salary_of(pay.number("minAmount"), pay.number("maxAmount"), pay.text("currency"), period)
