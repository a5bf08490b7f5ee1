"""Breezy HR: all positions of a company in one answer, https://developer.breezy.hr."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from backend.domain.exchange import SourceGone
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import parse_salary
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.elements import resolve
from backend.sources.shapes import Fields, rows

_RESERVED = {"www", "app", "api", "developer", "help", "support", "marketplace", "blog", "status", "attract"}


class Breezy(Source):
    """The token is the subdomain. An unknown one leads to Breezy's own site; haste is answered with 403."""

    name = "breezy"
    label = "Breezy HR"
    parser_version = 1
    url_forms = ("COMPANY.breezy.hr",)
    rows_apart = JsonRows()

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        return slug(address.subdomain("breezy.hr", _RESERVED)) if address else None

    def board_url(self, token: str) -> str:
        return f"https://{token}.breezy.hr"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}.breezy.hr/json?verbose=true")

    def parse(self, response: Response) -> Page:
        if urlsplit(response.url).hostname in {"breezy.hr", "www.breezy.hr"}:
            raise SourceGone(f"{response.request.url} leads to Breezy's own site: no such board")
        asked = response.request.url
        return Page(merge_duplicates([_posting(row, asked) for row in rows(json_answer(response))]))


def _posting(row: Fields, asked: str) -> Posting:
    external_id = row.need_id("id")
    kind = row.object("type")
    places = [row.object("location"), *row.objects("locations")]
    page = row.text("friendly_id") or external_id
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=row.link("url") or resolve(asked, f"/p/{page}"),
        company=row.object("company").text("name"),
        locations=tuple(dict.fromkeys(found for place in places for found in _location(place))),
        description_html=row.text("description"),
        department=row.text("department"),
        employment_type=" ".join(filter(None, (kind.text("name"), kind.text("id")))) or None,
        work_mode="remote" if places[0].flag("is_remote") else None,
        salary=parse_salary(row.text("salary")),
        posted_at=row.moment("published_date"),
    )


def _location(place: Fields) -> Iterator[Location]:
    city, region = place.text("city"), place.object("state").text("name")
    country = place.object("country")
    text = place.text("name") or ", ".join(part for part in (city, region, country.text("name")) if part)
    if text:
        yield Location(text, city, region, country_code(country.text("id") or country.text("name")))
