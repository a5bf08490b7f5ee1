"""Pinpoint: `/postings.json` on the customer's host, one answer with everything."""

from __future__ import annotations

from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import parse_salary, salary_of, salary_period
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.elements import resolve
from backend.sources.shapes import Fields, joined, rows, section

_RESERVED = {"www", "app", "api", "developers", "help", "support", "status", "blog"}
_PARTS = ("key_responsibilities", "skills_knowledge_expertise", "benefits")


class Pinpoint(Source):
    """The token is the host, since customers may use one of their own. The list has no posted dates."""

    name = "pinpoint"
    label = "Pinpoint"
    parser_version = 1
    url_forms = ("COMPANY.pinpointhq.com",)
    envelope = "data"
    rows_apart = JsonRows(envelope)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        own_host = address.path == ("postings.json",)
        return address.host if own_host or address.subdomain("pinpointhq.com", _RESERVED) else None

    def token_of(self, told: str) -> str | None:
        """A host, or the company's short name; a page deep inside a company's site is not Pinpoint's."""
        address = parse_address(told)
        if address is not None:
            return self.recognise(told) or (address.host if len(address.path) < 2 else None)
        return f"{told.lower()}.pinpointhq.com" if slug(told) else None

    def board_url(self, token: str) -> str:
        return f"https://{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}/postings.json")

    def parse(self, response: Response) -> Page:
        found = rows(json_answer(response), self.envelope)
        return Page(merge_duplicates([_posting(row, response.request.url) for row in found]))


def _posting(row: Fields, asked: str) -> Posting:
    parts = (section(row.text(f"{part}_header"), row.text(part)) for part in _PARTS)
    job = row.object("job")
    place = row.object("location")
    city, region = place.text("city"), place.text("province")
    text = ", ".join(part for part in (city, region) if part) or place.text("name")
    return Posting(
        external_id=row.need_id("id"),
        title=row.need_text("title"),
        url=row.link("url") or resolve(asked, row.text("path")),
        locations=(Location(text, city, region),) if text else (),
        description_html=joined(row.text("description"), *parts),
        department=job.object("department").text("name"),
        employment_type=row.text("employment_type_text") or row.text("employment_type"),
        work_mode=row.text("workplace_type"),
        salary=_salary(row),
    )


def _salary(row: Fields) -> Salary | None:
    """Only what the company shows; the text where it has no figures apart."""
    if row.flag("compensation_visible") is False:
        return None
    figures = salary_of(
        row.number("compensation_minimum"),
        row.number("compensation_maximum"),
        row.text("compensation_currency"),
        salary_period(row.text("compensation_frequency")),
    )
    return figures or parse_salary(row.text("compensation"))
