"""Greenhouse job boards: https://developers.greenhouse.io/job-board.html. One host, EU boards too."""

from __future__ import annotations

import re

from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import parse_salary, salary_of
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, rows
from backend.sources.texts import unescape

API = "https://boards-api.greenhouse.io/v1/boards"
_PAGES = {
    "boards.greenhouse.io",
    "job-boards.greenhouse.io",
    "boards.eu.greenhouse.io",
    "job-boards.eu.greenhouse.io",
}
_APIS = {"boards-api.greenhouse.io", "boards-api.eu.greenhouse.io", "api.greenhouse.io"}
_RESERVED = {"embed", "v1", "users", "assets", "packs", "favicon.ico", "robots.txt"}
# Customers name their metadata freely: only names that leave no doubt are read.
_EMPLOYMENT = re.compile(r"^(employment (type|status)|job type|time type|commitment)$", re.IGNORECASE)
_WORK_MODE = re.compile(
    r"^(workplace type|work(place)? (mode|model|arrangement)|remote status)$", re.IGNORECASE
)
_SALARY = re.compile(r"^(base )?(salary|pay|compensation)( range)?$", re.IGNORECASE)


class Greenhouse(Source):
    name = "greenhouse"
    label = "Greenhouse"
    parser_version = 1
    url_forms = ("boards.greenhouse.io/COMPANY", "job-boards.greenhouse.io/COMPANY")
    envelope = "jobs"
    rows_apart = JsonRows(envelope)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if address.host in _APIS and address.path[:2] == ("v1", "boards"):
            return slug(address.path[2]) if len(address.path) > 2 else None
        if address.host not in _PAGES or not address.path:
            return None
        if address.path[0] == "embed":
            return slug(address.query.get("for"))
        return slug(address.path[0], _RESERVED)

    def board_url(self, token: str) -> str:
        return f"https://boards.greenhouse.io/{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"{API}/{token}/jobs?content=true")

    def parse(self, response: Response) -> Page:
        token = self.recognise(response.request.url)
        found = rows(json_answer(response), self.envelope)
        return Page(merge_duplicates([_posting(row, token) for row in found]))

    def parse_detail(self, posting: Posting, response: Response) -> Posting:  # noqa: ARG002
        return _posting(Fields(json_answer(response)), self.recognise(response.request.url))


def _posting(row: Fields, token: str | None) -> Posting:
    external_id = row.need_id("id")
    own_page = f"{token}/jobs/{external_id}" if token else f"embed/job_app?token={external_id}"
    place = row.object("location").text("name")
    departments = (part.text("name") for part in row.objects("departments"))
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("absolute_url") or f"https://boards.greenhouse.io/{own_page}",
        company=row.text("company_name"),
        locations=(Location(place),) if place else (),
        description_html=_content(row.text("content")),
        department=next((name for name in departments if name), None),
        employment_type=_metadata(row, _EMPLOYMENT),
        work_mode=_metadata(row, _WORK_MODE),
        salary=_pay_range(row) or parse_salary(_metadata(row, _SALARY)),
        posted_at=row.moment("first_published"),
    )


def _content(text: str | None) -> str | None:
    """Greenhouse escapes the HTML once more than JSON needs: `&lt;p&gt;Tom &amp;amp; Co`."""
    if text is None or re.search(r"<[a-zA-Z/]", text):
        return text
    return unescape(text)


def _metadata(row: Fields, name: re.Pattern[str]) -> str | None:
    for item in row.objects("metadata"):
        value = item.value.get("value")
        if isinstance(value, str) and value.strip() and name.match(str(item.value.get("name"))):
            return value.strip()
    return None


def _pay_range(row: Fields) -> Salary | None:
    """Pay from `pay_input_ranges` (in cents) or from a currency range of the metadata."""
    for pay in row.objects("pay_input_ranges"):
        low, high = pay.number("min_cents"), pay.number("max_cents")
        return salary_of(low and low / 100, high and high / 100, pay.text("currency_type"), None)
    for item in row.objects("metadata"):
        if item.value.get("value_type") == "currency_range" and _SALARY.match(str(item.value.get("name"))):
            pay = item.object("value")
            return salary_of(pay.number("min_value"), pay.number("max_value"), pay.text("unit"), None)
    return None
