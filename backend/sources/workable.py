"""Workable: the widget that customers embed (all in one answer), and the v3 list of its own careers pages."""

from __future__ import annotations

import json
from collections.abc import Iterator

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import Address, parse_address, slug
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, expect_object, joined, rows

HOST = "https://apply.workable.com"
_RESERVED = {"api", "j", "www", "apply", "jobs", "help", "resources", "get", "static", "app", "auth", "id"}


class Workable(Source):
    """Refuses more than about two calls at a time. `/j/SHORTCODE` addresses do not name the company."""

    name = "workable"
    label = "Workable"
    parser_version = 1
    url_forms = ("apply.workable.com/COMPANY", "COMPANY.workable.com")
    envelope = "jobs"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if address.host == "apply.workable.com":
            return _token_of_path(address)
        if address.host == "www.workable.com" and address.path[:2] == ("api", "accounts"):
            return slug(address.path[2], _RESERVED) if len(address.path) > 2 else None
        return slug(address.subdomain("workable.com", _RESERVED))

    def board_url(self, token: str) -> str:
        return f"{HOST}/{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"{HOST}/api/v1/widget/accounts/{token}?details=true")

    def parse(self, response: Response) -> Page:
        answer = expect_object(json_answer(response))
        token = self.recognise(response.request.url)
        is_v3 = "results" in answer and "jobs" not in answer
        found = rows(answer, "results" if is_v3 else self.envelope)
        envelope = Fields(answer)
        company = envelope.text("name")
        return Page(
            # one shortcode several times is one opening in several places
            merge_duplicates([_posting(row, token, company) for row in found]),
            next=_next_request(response.request, envelope.text("nextPage")) if is_v3 and found else None,
        )

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        return _posting(Fields(json_answer(response)), self.recognise(response.request.url), posting.company)


def _token_of_path(address: Address) -> str | None:
    path = address.path
    if "accounts" in path[:4] and path[:1] == ("api",):
        path = path[path.index("accounts") + 1 :]
    return slug(path[0], _RESERVED) if path else None


def _posting(row: Fields, token: str | None, company: str | None) -> Posting:
    shortcode = row.need_id("shortcode")
    own_page = f"{HOST}/{token}/j/{shortcode}" if token else f"{HOST}/j/{shortcode}"
    return Posting(
        external_id=shortcode,
        title=row.need_text("title"),
        url=row.link("url") or own_page,
        company=company,
        locations=tuple(_locations(row)),
        description_html=joined(*(row.text(part) for part in ("description", "requirements", "benefits"))),
        department=next(iter(row.texts("department")), None),
        employment_type=row.text("employment_type") or row.text("type"),
        work_mode=_work_mode(row),
        level=row.text("experience"),
        posted_at=row.moment("published_on") or row.moment("published") or row.moment("created_at"),
    )


def _work_mode(row: Fields) -> str | None:
    return row.text("workplace") or ("remote" if row.flag("telecommuting") or row.flag("remote") else None)


def _locations(row: Fields) -> Iterator[Location]:
    """`locations`, or the older single place. A place may be hidden on the page; then others count first."""
    places = row.objects("locations")
    shown = [place for place in places if not place.flag("hidden")] or places
    if not shown:
        shown = [row.object("location")] if isinstance(row.value.get("location"), dict) else [row]
    for place in shown:
        city, region = place.text("city"), place.text("region") or place.text("state")
        country = place.text("country")
        text = ", ".join(part for part in (city, region, country) if part)
        if text:
            yield Location(text, city, region, country_code(place.text("countryCode") or country))


def _next_request(asked: Request, page: str | None) -> Request | None:
    """v3 pages on by sending the same question with the token of the next page."""
    if page is None or asked.body is None:
        return None
    try:
        question = json.loads(asked.body)
    except ValueError:
        return None
    if not isinstance(question, dict) or question.get("token") == page:
        return None
    return Request(asked.url, "POST", asked.headers, json.dumps({**question, "token": page}).encode())
