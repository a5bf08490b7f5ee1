"""Comeet: the page it hosts for a company, whose script holds all positions, and the API's bare list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import is_page, json_answer, page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import resolve
from backend.sources.linked_data import page_text
from backend.sources.script_values import script_value
from backend.sources.shapes import Fields, joined, rows, section
from backend.sources.web_list import WebList

_NAME = "COMPANY_POSITIONS_DATA"
_COMPANY = re.compile(r"[A-Za-z0-9][\w.%&-]{0,100}")
_UID = re.compile(r"[0-9A-F]{1,4}\.[0-9A-F]{1,4}", re.IGNORECASE)
_KEY = re.compile(r"[0-9A-Fa-f]{16,80}")
_API = ("careers-api", "2.0", "company")


class Comeet(WebList):
    """The token is COMPANY/UID; or `api/UID/KEY`, with the key that every hosted page shows to everybody."""

    name = "comeet"
    label = "Comeet"
    parser_version = 1
    url_forms = ("www.comeet.com/jobs/COMPANY/UID",)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or not re.fullmatch(r"(?:www\.)?comeet\.com?", address.host):
            return None
        path, key = address.path, address.query.get("token", "")
        if path[:3] == _API and len(path) > 3 and _UID.fullmatch(path[3]) and _KEY.fullmatch(key):
            return f"api/{path[3].upper()}/{key}"
        if path[:1] != ("jobs",) or len(path) < 3 or not _COMPANY.fullmatch(path[1]):
            return None
        return f"{path[1]}/{path[2].upper()}" if _UID.fullmatch(path[2]) else None

    def board_url(self, token: str) -> str:
        if token.startswith("api/"):
            _, uid, key = token.split("/")
            return f"https://www.comeet.co/{'/'.join(_API)}/{uid}/positions?token={key}&details=true"
        return f"https://www.comeet.com/jobs/{token}"

    def first_request(self, token: str) -> Request:
        return Request(self.board_url(token))

    def parse(self, response: Response) -> Page:
        found = rows(_positions(response))
        asked = response.request.url
        return Page(merge_duplicates([_posting(row, asked) for row in found if not row.flag("is_internal")]))


def _positions(response: Response) -> Any:
    if not is_page(response):
        return json_answer(response)
    page = page_text(response.body)
    page_answer(response, f"a list {_NAME!r}", lambda _: _NAME in page)
    return script_value(page, _NAME, _NAME)


def _posting(row: Fields, asked: str) -> Posting:
    uid = row.need_id("uid")
    parts = row.objects("details") or row.object("custom_fields").objects("details")
    texts = (section(_heading(part), part.text("value")) for part in parts)
    place = row.object("location")
    return Posting(
        external_id=uid,
        title=row.need_text("name"),
        # the company's own page may show two positions under one address
        url=row.link("url_comeet_hosted_page") or row.link("url_active_page") or resolve(asked, f"#{uid}"),
        company=row.text("company_name"),
        locations=tuple(_location(place)),
        description_html=joined(*texts),
        department=row.text("department"),
        employment_type=row.text("employment_type"),
        work_mode=row.text("workplace_type") or ("remote" if place.flag("is_remote") else None),
        level=row.text("experience_level"),
    )


def _heading(part: Fields) -> str | None:
    name = part.text("name")
    return None if name == "Description" else name


def _location(place: Fields) -> Iterator[Location]:
    """Comeet names offices as it likes ("Dallas" for one in Plano): city and state are surer."""
    city, region, country = place.text("city"), place.text("state"), place.text("country")
    text = ", ".join(part for part in (city, region, country) if part) or place.text("name")
    if text:
        yield Location(text, city, region, country_code(country))
