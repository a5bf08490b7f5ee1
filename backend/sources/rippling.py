"""Rippling: the old list (one bare array, a row for each place) and the paged one; details hold the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address, slug, without_locale
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, joined, rows

API = "https://api.rippling.com/platform/api/ats/v1/board"
PAGE_SIZE = 1000
_HOST = re.compile(r"ats\.(?:([a-z0-9-]+)\.)?rippling\.com")
_RESERVED = {"api", "www", "jobs", "static", "login"}
_API_PATHS = (
    ("platform", "api", "ats", "v1", "board"),
    ("platform", "api", "ats", "v2", "board"),
    ("api", "v2", "board"),
)


class Rippling(Source):
    """The token is COMPANY, or REGION:COMPANY for those on `ats.REGION.rippling.com`."""

    name = "rippling"
    label = "Rippling"
    parser_version = 1
    url_forms = ("ats.rippling.com/COMPANY/jobs",)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        own = _HOST.fullmatch(address.host)
        if not own and address.host != "api.rippling.com":
            return None
        path = without_locale(address.path)
        api = next((known for known in _API_PATHS if path[: len(known)] == known), ())
        if not own and not api:
            return None
        company = slug(path[len(api)], _RESERVED) if len(path) > len(api) else None
        return f"{own.group(1)}:{company}" if company and own and own.group(1) else company

    def board_url(self, token: str) -> str:
        region, _, company = token.rpartition(":")
        return f"https://ats.{f'{region}.' if region else ''}rippling.com/{company}/jobs"

    def first_request(self, token: str) -> Request:
        region, _, company = token.rpartition(":")
        if region:
            return Request(
                f"https://ats.{region}.rippling.com/api/v2/board/{company}/jobs?page=0&pageSize={PAGE_SIZE}"
            )
        return Request(f"{API}/{company}/jobs")

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        token = self.recognise(response.request.url)
        board = self.board_url(token) if token else None
        if isinstance(answer, list):
            found = rows(answer)
            return Page(merge_duplicates([_posting(row, _identity(row), board) for row in found]))
        found = rows(answer, "items")
        envelope = Fields(answer)
        return Page(
            merge_duplicates([_posting(row, _identity(row), board) for row in found]),
            next=_next_request(response.request, envelope, len(found)),
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        return Request(f"{list_request.url.partition('?')[0]}/{posting.external_id}")

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        detail = Fields(json_answer(response))
        token = self.recognise(response.request.url)
        own = _posting(detail, detail.need_id("uuid"), self.board_url(token) if token else None)
        text = detail.object("description")
        return replace(
            own,
            external_id=posting.external_id or own.external_id,
            url=posting.url or own.url,
            locations=posting.locations or own.locations,
            work_mode=posting.work_mode or own.work_mode,
            department=posting.department or own.department,
            # "" says: looked, and there is no text; None would ask again
            description_html=joined(text.text("company"), text.text("role")) or "",
            salary=_salary(detail),
            posted_at=detail.moment("createdOn"),
        )


def _identity(row: Fields) -> str:
    """`uuid`, which the newer list calls `id`."""
    return row.need_id("id" if "uuid" not in row.value and "id" in row.value else "uuid")


def _posting(row: Fields, external_id: str, board: str | None) -> Posting:
    department, kind = row.object("department"), row.object("employmentType")
    modes = [place.text("workplaceType") for place in row.objects("locations")]
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=row.link("url") or (f"{board}/{external_id}" if board else ""),
        company=row.text("companyName"),
        locations=tuple(_locations(row)),
        department=department.text("label") or department.text("name"),
        employment_type=kind.text("label") or kind.text("id"),
        work_mode=next((mode for mode in modes if mode), None),
    )


def _locations(row: Fields) -> Iterator[Location]:
    """v1 `workLocation`, v2 `locations`, and the names alone in details."""
    for place in row.objects("locations"):
        city, region, country = place.text("city"), place.text("state"), place.text("country")
        text = place.text("name") or ", ".join(part for part in (city, region, country) if part)
        if text:
            yield Location(text, city, region, country_code(place.text("countryCode") or country))
    label = row.object("workLocation").text("label")
    names: list[Any] = row.texts("workLocations")
    for name in [label, *names]:
        if name:
            yield Location(name)


def _salary(detail: Fields) -> Salary | None:
    """The widest of the ranges, which differ by place."""
    ranges = detail.objects("payRangeDetails")
    if not ranges:
        return None
    one = ranges[0]
    currency = one.text("currency")
    same = [each for each in ranges if each.text("currency") == currency]
    lows = [low for each in same if (low := each.number("rangeStart"))]
    highs = [high for each in same if (high := each.number("rangeEnd"))]
    period = salary_period(one.text("frequency"))
    return salary_of(min(lows, default=None), max(highs, default=None), currency, period)


def _next_request(asked: Request, envelope: Fields, count: int) -> Request | None:
    """The next page (they count from 0), as long as there are more."""
    text = parse_qs(urlsplit(asked.url).query).get("page", ["0"])[0]
    page = int(text) if text.isdecimal() and len(text) < 6 else 0
    total = envelope.whole("totalPages")
    more = page + 1 < total if total is not None else count >= PAGE_SIZE
    if not more or not count or not asked.url:
        return None
    return Request(f"{asked.url.partition('?')[0]}?page={page + 1}&pageSize={PAGE_SIZE}")
