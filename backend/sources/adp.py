"""ADP Workforce Now career centers: the JSON behind them, paged with $skip; details hold the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, checked_id, rows
from backend.sources.texts import as_html

HOST = "workforcenow.adp.com"
LIMIT = 100
CENTER = "19000101_000001"  # the career center of those who have one only
_API = "/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"
_PAGE = "/mascsr/default/mdf/recruitment/recruitment.html"
_CLIENT = re.compile(r"[A-Za-z0-9-]{8,60}")
_CENTER = re.compile(r"[A-Za-z0-9_]{1,40}")


class Adp(Source):
    """The token is CLIENT/CENTER (`cid` and `ccId`)."""

    name = "adp"
    label = "ADP Workforce Now"
    parser_version = 1
    url_forms = (f"{HOST}{_PAGE}?cid=CLIENT&ccId=CENTER",)
    envelope = "jobRequisitions"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host != HOST or address.path[:2] != ("mascsr", "default"):
            return None
        client, center = address.query.get("cid", ""), address.query.get("ccid", CENTER)
        if not _CLIENT.fullmatch(client) or not _CENTER.fullmatch(center):
            return None
        return f"{client}/{center}"

    def board_url(self, token: str) -> str:
        client, _, center = token.partition("/")
        return f"https://{HOST}{_PAGE}?cid={client}&ccId={center}&lang=en_US"

    def first_request(self, token: str) -> Request:
        client, _, center = token.partition("/")
        return Request(f"https://{HOST}{_API}?{_whose(client, center)}&$top={LIMIT}&$skip=0")

    def parse(self, response: Response) -> Page:
        envelope = Fields(json_answer(response))
        found = rows(envelope.value, self.envelope)
        asked = urlsplit(response.request.url)
        skipped = _asked(asked.query, "$skip", "0")
        offset = int(skipped) if skipped.isdecimal() and len(skipped) < 8 else 0
        total = envelope.object("meta").whole("totalNumber")
        # some centers answer fewer than they are asked for
        following = next_offset(offset, len(found), LIMIT, total)
        base = f"https://{HOST}{_API}?{_whose_of(asked.query)}&$top={LIMIT}"
        return Page(
            merge_duplicates([_posting(row, asked.query) for row in found]),
            next=Request(f"{base}&$skip={following}") if following and asked.query else None,
            complete=following is not None or not total or offset + len(found) >= total,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        if not re.fullmatch(r"[\w-]+", posting.external_id):
            return None
        query = urlsplit(list_request.url).query
        return Request(f"https://{HOST}{_API}/{posting.external_id}?{_whose_of(query)}")

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        detail = Fields(json_answer(response))
        own = _posting(detail, urlsplit(response.request.url).query)
        return replace(
            own,
            external_id=posting.external_id or own.external_id,
            url=posting.url or own.url,
            locations=own.locations or posting.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=as_html(detail.text("requisitionDescription")) or "",
            employment_type=own.employment_type or posting.employment_type,
            salary=own.salary or posting.salary,
            posted_at=own.posted_at or posting.posted_at,
        )


def _posting(row: Fields, query: str) -> Posting:
    external_id = row.need_id("itemID")
    kind = row.object("workLevelCode")
    page = f"https://{HOST}{_PAGE}?{_whose_of(query)}&jobId={quote(_page_id(row) or external_id)}"
    return Posting(
        external_id=external_id,
        title=row.need_text("requisitionTitle"),
        url=page if query else "",
        locations=tuple(dict.fromkeys(_locations(row))),
        description_html=as_html(row.text("requisitionDescription")),
        employment_type=kind.text("shortName") or kind.text("longName"),
        salary=_salary(row.object("payGradeRange")),
        posted_at=row.moment("postDate"),
    )


def _page_id(row: Fields) -> str | None:
    """The number under which the page knows the opening."""
    for field in row.object("customFieldGroup").objects("stringFields"):
        if field.object("nameCode").text("codeValue") == "ExternalJobID":
            found = field.text("stringValue")
            return None if found is None else checked_id(found, field.at("stringValue"))
    return None


def _locations(row: Fields) -> Iterator[Location]:
    for place in row.objects("requisitionLocations"):
        address = place.object("address")
        city = address.text("cityName")
        region = address.object("countrySubdivisionLevel1").text("codeValue")
        name = place.object("nameCode").text("shortName")
        text = name or ", ".join(part for part in (city, region) if part)
        if text:
            # "Main Campus, Rockville Centre, NY, US"
            country = text.rpartition(", ")[2]
            yield Location(text, city, region, country if re.fullmatch("[A-Z]{2}", country) else None)


def _salary(pay: Fields) -> Salary | None:
    low, high = pay.object("minimumRate"), pay.object("maximumRate")
    return salary_of(
        low.number("amountValue"),
        high.number("amountValue"),
        low.text("currencyCode") or high.text("currencyCode"),
        salary_period(pay.object("baseCode").text("shortName")),
    )


def _asked(query: str, name: str, otherwise: str = "") -> str:
    return parse_qs(query).get(name, [otherwise])[0]


def _whose_of(query: str) -> str:
    return _whose(_asked(query, "cid"), _asked(query, "ccId", CENTER))


def _whose(client: str, center: str) -> str:
    return f"cid={quote(client)}&ccId={quote(center)}&lang=en_US&locale=en_US"
