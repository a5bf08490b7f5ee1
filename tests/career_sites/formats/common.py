"""What the formats share: a board at one moment, and the texts of its openings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from json import dumps
from typing import Any
from urllib.parse import quote
from zlib import crc32

from tests.career_sites.company import Company
from tests.career_sites.openings import Opening
from tests.career_sites.writer import Section, as_html, as_plain, describe


@dataclass(frozen=True, slots=True)
class View:
    """A board as it is shown at one moment. `epoch` is the start of the world."""

    company: Company
    openings: list[Opening]
    epoch: datetime

    def instant(self, t: float) -> datetime:
        return self.epoch + timedelta(seconds=round(t, 3))


def written(company: Company, opening: Opening) -> list[Section]:
    """The sections of an opening; those published by hand are one section of HTML (`kind` "html")."""
    if opening.html is not None:
        return [Section("html", "", (opening.html,))]
    return describe(company, opening)


def html_of(sections: list[Section], heading: str = "h2", style: str = "") -> str:
    return sections[0].lines[0] if sections[0].kind == "html" else as_html(sections, heading, style)


def plain_of(sections: list[Section]) -> str:
    if sections and sections[0].kind == "html":
        return unescape(re.sub(r"<[^>]+>", " ", sections[0].lines[0])).strip()
    return as_plain(sections)


def shown_title(opening: Opening) -> str:
    """Titles come with stray blanks now and then, as on real boards (6 % of Ashby's, 8 % of Stripe's)."""
    if opening.html is not None:
        return opening.title
    return {0: f" {opening.title}", 9: f"{opening.title} "}.get(opening.number % 20, opening.title)


def board_url(company: Company) -> str:
    region, token = ("eu.", company.token[3:]) if company.token.startswith("eu:") else ("", company.token)
    token = quote(token)
    return {
        "greenhouse": f"https://boards.greenhouse.io/{token}",
        "lever": f"https://jobs.{region}lever.co/{token}",
        "ashby": f"https://jobs.ashbyhq.com/{token}",
        "personio": f"https://{token}/",
    }[company.source]


def listing_url(company: Company, opening: Opening) -> str:
    middle = {"greenhouse": "/jobs/", "personio": "/job/"}.get(company.source, "/")
    return board_url(company).rstrip("/") + middle + opening.external_id


def stable_id(*parts: object) -> int:
    """A number of eight digits that depends on the parts alone."""
    return 10_000_000 + crc32("/".join(map(str, parts)).encode()) % 80_000_000


def encode(value: Any) -> bytes:
    return dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
