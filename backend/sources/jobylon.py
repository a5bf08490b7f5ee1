"""Jobylon's embedded list: a page whose script holds all jobs; each job's page holds the text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from babel import Locale
from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import first, inner_html, resolve
from backend.sources.job_posting import job_page
from backend.sources.linked_data import page_text
from backend.sources.script_values import script_value
from backend.sources.shapes import Fields, rows
from backend.sources.web_list import WebList

PAGES = "https://emp.jobylon.com"
_JOBS = "JBL.embed_v2['jobs']"
_LIST = re.compile(r"JBL\.embed_v2\[\s*['\"]jobs['\"]\s*\]")
_NUMBER = re.compile(r"(\d{1,10})(?:-.*)?")
_DAY = re.compile(r"(?:[^\W\d]+,?\s+)?(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]+)\.?\s+(?:de\s+)?(\d{4})")
_LANGUAGES = ("sv", "en", "nb", "da", "fi", "de", "fr", "es", "nl", "pl")


class Jobylon(WebList):
    """The token is companies/NUMBER or company-groups/NUMBER. Dates are written in the page's language."""

    name = "jobylon"
    label = "Jobylon"
    parser_version = 1
    url_forms = ("emp.jobylon.com/companies/NUMBER-COMPANY",)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host not in {"cdn.jobylon.com", "emp.jobylon.com", "app.jobylon.com"}:
            return None
        path = address.path[1:] if address.path[:1] == ("jobs",) else address.path
        if len(path) < 2 or path[0] not in {"companies", "company-groups"}:
            return None
        number = _NUMBER.fullmatch(path[1])
        return f"{path[0]}/{number.group(1)}" if number else None

    def board_url(self, token: str) -> str:
        kind, _, number = token.partition("/")
        return f"{PAGES}/companies/{number}/" if kind == "companies" else self.first_request(token).url

    def first_request(self, token: str) -> Request:
        return Request(f"https://cdn.jobylon.com/jobs/{token}/embed/v2/?page_size=1000")

    def parse(self, response: Response) -> Page:
        page = page_text(response.body)
        page_answer(response, "Jobylon's list of jobs", lambda _: _LIST.search(page) is not None)
        found = rows({"jobs": script_value(page, _JOBS, _LIST.pattern)}, "jobs")
        return Page(merge_duplicates([_posting(row) for row in found if not row.flag("is_internal")]))

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(posting.url)

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        tree, detail = job_page(response, "a Jobylon job", lambda page: _text(page) is not None)
        if detail is None:
            return replace(posting, description_html=inner_html(_text(tree)) or "")
        return replace(
            posting,
            title=posting.title or detail.title,
            url=posting.url or detail.url,
            locations=posting.locations or detail.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=detail.description_html or "",
            employment_type=posting.employment_type or detail.employment_type,
            salary=detail.salary,
            posted_at=posting.posted_at or detail.posted_at,
        )


def _text(page: HtmlElement) -> HtmlElement | None:
    return first(page, "job-description", "description")


def _posting(row: Fields) -> Posting:
    places = row.texts("locations") or row.texts("locations_text")
    departments = row.texts("departments")
    external_id = row.need_id("id")
    published = row.text("published_date")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=resolve(PAGES, row.text("url") or f"/jobs/{external_id}/"),
        company=row.text("company"),
        locations=tuple(Location(place) for place in dict.fromkeys(places)),
        department=departments[0] if departments else row.text("function"),
        employment_type=row.text("employment_type"),
        work_mode=row.text("workspace"),
        level=row.text("experience"),
        posted_at=_day(published, row.at("published_date")) if published else None,
    )


def _day(text: str, path: str) -> datetime:
    """`21 april 2026`, `24 maj 2022`, `1. toukokuuta 2026`."""
    match = _DAY.fullmatch(text.strip())
    month = _months().get(match.group(2).casefold()) if match else None
    if match is not None and month is not None:
        try:
            return datetime(int(match.group(3)), month, int(match.group(1)), tzinfo=UTC)
        except ValueError:
            pass
    raise SourceChanged(f"{path}: expected a date like 21 April 2026, got {text[:40]!r}")


@cache
def _months() -> dict[str, int]:
    """The months' names in the languages of the lists."""
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale(language).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[form][width].items():
                    found.setdefault(name.casefold().rstrip("."), number)
    return found
