"""Which board, and what of it, an original URL asks for; and the pages people would see there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.career_sites.company import Company
from tests.career_sites.formats import ashby, greenhouse, lever, personio
from tests.career_sites.formats.common import (
    View,
    board_url,
    encode,
    html_of,
    listing_url,
    written,
)
from tests.career_sites.openings import Opening

What = Literal["list", "detail", "name", "page", "listing_page", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    source: str
    token: str
    what: What
    listing: str = ""
    query: dict[str, str] = field(default_factory=dict)

    @property
    def is_api(self) -> bool:
        return self.what in ("list", "detail", "name", "other")


FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (source, re.compile(form))
    for source, form in (
        ("greenhouse", r"boards-api\.greenhouse\.io/v1/boards/(?P<token>[^/]+)/jobs/?(?P<list>)"),
        ("greenhouse", r"boards-api\.greenhouse\.io/v1/boards/(?P<token>[^/]+)/jobs/(?P<detail>\d+)"),
        ("greenhouse", r"boards-api\.greenhouse\.io/v1/boards/(?P<token>[^/]+)/?(?P<name>)"),
        ("greenhouse", r"(job-)?boards\.greenhouse\.io/(?P<token>[^/]+)/?(?P<page>)"),
        ("greenhouse", r"(job-)?boards\.greenhouse\.io/(?P<token>[^/]+)/jobs/(?P<listing_page>\d+)"),
        ("lever", r"api\.(?P<region>eu\.)?lever\.co/v0/postings/(?P<token>[^/]+)/?(?P<list>)"),
        ("lever", r"api\.(?P<region>eu\.)?lever\.co/v0/postings/(?P<token>[^/]+)/(?P<detail>[^/]+)"),
        ("lever", r"jobs\.(?P<region>eu\.)?lever\.co/(?P<token>[^/]+)/?(?P<page>)"),
        ("lever", r"jobs\.(?P<region>eu\.)?lever\.co/(?P<token>[^/]+)/(?P<listing_page>[^/]+)(/apply)?"),
        ("ashby", r"api\.ashbyhq\.com/posting-api/job-board/(?P<token>[^/]+)/?(?P<list>)"),
        ("ashby", r"jobs\.ashbyhq\.com/(?P<token>[^/]+)/?(?P<page>)"),
        ("ashby", r"jobs\.ashbyhq\.com/(?P<token>[^/]+)/(?P<listing_page>[^/]+)(/application)?"),
        ("personio", r"(?P<token>[^/]+\.jobs\.personio\.(de|com))/xml/?(?P<list>)"),
        ("personio", r"(?P<token>[^/]+\.jobs\.personio\.(de|com))/?(?P<page>)"),
        ("personio", r"(?P<token>[^/]+\.jobs\.personio\.(de|com))/job/(?P<listing_page>\d+)"),
    )
)


@lru_cache(maxsize=20_000)
def locate(url: str) -> Asked | None:
    """None for a URL that belongs to none of the simulated services."""
    parts = urlsplit(url)
    address = f"{(parts.hostname or '').lower()}{parts.path}"
    for source, form in FORMS:
        found = form.fullmatch(address)
        if found is None:
            continue
        kinds: tuple[What, ...] = ("list", "detail", "name", "page", "listing_page")
        groups = found.groupdict()
        what = next(kind for kind in kinds if groups.get(kind) is not None)
        token = ("eu:" if groups.get("region") else "") + unquote(groups["token"])
        return Asked(source, token, what, groups[what], dict(parse_qsl(parts.query)))
    return None


def list_body(view: View, query: dict[str, str]) -> bytes:
    match view.company.source:
        case "greenhouse":
            return greenhouse.greenhouse_list(view, query.get("content") == "true")
        case "lever":
            limit = query.get("limit", "")
            skip = query.get("skip", "0")
            return lever.lever_list(
                view, int(skip) if skip.isdigit() else 0, int(limit) if limit.isdigit() else None
            )
        case "ashby":
            return ashby.ashby_list(view, query.get("includeCompensation") == "true")
        case _:
            return personio.personio_list(view)


def detail_body(view: View, opening: Opening) -> bytes:
    if view.company.source == "greenhouse":
        return encode(greenhouse.greenhouse_job(view, opening, content=True))
    return encode(lever.lever_posting(view, opening))


def content_type(source: str) -> str:
    return "text/xml; charset=UTF-8" if source == "personio" else "application/json; charset=utf-8"


def unknown(source: str) -> tuple[str, bytes]:
    """What the service says, with 404, to a board or listing it does not know: content type and body."""
    return {
        "greenhouse": ("application/json; charset=utf-8", b'{"status":404,"error":"Job not found"}'),
        "lever": ("application/json; charset=utf-8", b'{"ok":false,"error":"Document not found"}'),
        "ashby": ("text/plain; charset=utf-8", b"Not Found"),
    }.get(source, ("text/html; charset=utf-8", page("Not found", "<p>This page does not exist.</p>")))


def page(title: str, body: str) -> bytes:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    shown = f"<h1>{escape(title)}</h1>{body}"
    return f"<!doctype html>\n<html lang=en><head>{head}</head><body>{shown}</body></html>".encode()


def board_page(view: View) -> bytes:
    rows = "".join(
        f'<li><a href="{escape(listing_url(view.company, opening))}">{escape(opening.title)}</a></li>'
        for opening in view.openings
    )
    return page(f"{view.company.name}: open positions", f"<ul>{rows}</ul>")


def listing_page(company: Company, opening: Opening) -> bytes:
    back = f'<p><a href="{escape(board_url(company))}">All positions at {escape(company.name)}</a></p>'
    return page(opening.title, back + html_of(written(company, opening)))
