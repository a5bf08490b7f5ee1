"""Recruitee (Tellent): one answer with everything, on the customer's host. https://docs.recruitee.com/reference/offers."""

from __future__ import annotations

from collections.abc import Iterator

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, joined, rows

_RESERVED = {"www", "api", "app", "docs", "support", "help", "status", "blog", "hire", "login"}


class Recruitee(Source):
    """The token is the host, since customers may use a host of their own."""

    name = "recruitee"
    label = "Recruitee"
    parser_version = 1
    url_forms = ("COMPANY.recruitee.com",)
    envelope = "offers"
    rows_apart = JsonRows(envelope)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        own_host = address.path[:2] == ("api", "offers")  # only Recruitee answers there
        return address.host if own_host or address.subdomain("recruitee.com", _RESERVED) else None

    def token_of(self, told: str) -> str | None:
        """Also a customer's own host; a page deep inside a company's site is not Recruitee's."""
        address = parse_address(told)
        own = address.host if address and len(address.path) < 2 else None
        return self.recognise(told) or own

    def board_url(self, token: str) -> str:
        return f"https://{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"https://{token}/api/offers/")

    def parse(self, response: Response) -> Page:
        host = self.recognise(response.request.url)
        found = rows(json_answer(response), self.envelope)
        return Page(merge_duplicates([_posting(row, host) for row in found]))

    def parse_detail(self, posting: Posting, response: Response) -> Posting:  # noqa: ARG002
        answer = Fields(json_answer(response))
        offer = answer.object("offer") if "offer" in answer.value else answer
        return _posting(offer, self.recognise(response.request.url))


def _posting(row: Fields, host: str | None) -> Posting:
    external_id = row.need_id("id")
    own_page = f"https://{host}/o/{row.text('slug') or external_id}" if host else ""
    pay = row.object("salary")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("careers_url") or own_page,
        company=row.text("company_name"),
        locations=tuple(_locations(row)),
        description_html=joined(row.text("description"), row.text("requirements")),
        department=row.text("department"),
        employment_type=row.text("employment_type_code"),
        work_mode=next((mode for mode in ("remote", "hybrid", "on_site") if row.flag(mode)), None),
        level=row.text("experience_code"),
        salary=salary_of(
            pay.number("min"), pay.number("max"), pay.text("currency"), salary_period(pay.text("period"))
        ),
        posted_at=row.moment("published_at") or row.moment("created_at"),
    )


def _locations(row: Fields) -> Iterator[Location]:
    places = row.objects("locations")
    if not places:
        yield from _location(row, row.text("location"), row.text("state_name"))
    for place in places:
        yield from _location(place, None, place.text("state"))


def _location(place: Fields, given: str | None, region: str | None) -> Iterator[Location]:
    city, country = place.text("city"), place.text("country")
    text = given or ", ".join(part for part in (city, region, country) if part) or place.text("name")
    if text:
        yield Location(text, city, region, country_code(place.text("country_code") or country))
