"""Lever postings: https://github.com/lever/postings-api. EU tenants have hosts of their own: `eu:NAME`."""

from __future__ import annotations

from collections.abc import Iterator

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import json_answer
from backend.sources.apart import JsonRows
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, joined, paragraphs, rows, section

_REGIONS = {
    "jobs.lever.co": "",
    "api.lever.co": "",
    "jobs.eu.lever.co": "eu:",
    "api.eu.lever.co": "eu:",
}


class Lever(Source):
    name = "lever"
    label = "Lever"
    parser_version = 1
    url_forms = ("jobs.lever.co/COMPANY", "jobs.eu.lever.co/COMPANY")
    rows_apart = JsonRows()

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host not in _REGIONS:
            return None
        path = address.path
        if address.host.startswith("api."):
            path = path[2:] if path[:2] == ("v0", "postings") else ()
        token = slug(path[0]) if path else None
        return _REGIONS[address.host] + token if token else None

    def board_url(self, token: str) -> str:
        region, name = _split(token)
        return f"https://jobs.{region}lever.co/{name}"

    def first_request(self, token: str) -> Request:
        """Without `limit` Lever answers everything at once (166 postings were seen), so nothing is paged."""
        region, name = _split(token)
        return Request(f"https://api.{region}lever.co/v0/postings/{name}?mode=json")

    def parse(self, response: Response) -> Page:
        board = self._board_of(response)
        return Page(merge_duplicates([_posting(row, board) for row in rows(json_answer(response))]))

    def parse_detail(self, posting: Posting, response: Response) -> Posting:  # noqa: ARG002
        return _posting(Fields(json_answer(response)), self._board_of(response))

    def _board_of(self, response: Response) -> str | None:
        token = self.recognise(response.request.url)
        return self.board_url(token) if token else None


def _split(token: str) -> tuple[str, str]:
    return ("eu.", token[3:]) if token.startswith("eu:") else ("", token)


def _posting(row: Fields, board: str | None) -> Posting:
    external_id = row.need_id("id")
    categories = row.object("categories")
    return Posting(
        external_id=external_id,
        title=row.need_text("text"),
        url=row.link("hostedUrl") or (f"{board}/{external_id}" if board else ""),
        locations=tuple(_locations(row, categories)),
        description_html=_description(row),
        department=categories.text("department") or categories.text("team"),
        employment_type=categories.text("commitment"),
        work_mode=row.text("workplaceType"),
        salary=_salary(row.object("salaryRange")),
        posted_at=row.epoch_ms("createdAt"),  # Lever gives milliseconds
    )


def _locations(row: Fields, categories: Fields) -> Iterator[Location]:
    """The main place first. Lever's `country` belongs to it alone."""
    first = categories.text("location")
    country = country_code(row.text("country"))
    if first:
        yield Location(first, country=country)
    for text in categories.texts("allLocations"):
        if text != first:
            yield Location(text)


def _description(row: Fields) -> str | None:
    """Opening, lists and closing: `description` alone would lose the requirements."""
    lists = []
    for item in row.objects("lists"):
        content = item.text("content")
        if content and content.startswith("<li"):
            content = f"<ul>{content}</ul>"
        lists.append(section(item.text("text"), content))
    return joined(
        row.text("description") or paragraphs(row.text("descriptionPlain")),
        *lists,
        row.text("additional") or paragraphs(row.text("additionalPlain")),
        row.text("salaryDescription"),
    )


def _salary(pay: Fields) -> Salary | None:
    period = salary_period(pay.text("interval"))
    return salary_of(pay.number("min"), pay.number("max"), pay.text("currency"), period)
