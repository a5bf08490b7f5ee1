"""Jobvite: one page with all jobs of a company; each job's page holds the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import attribute, first, inner_html, resolve, text_of
from backend.sources.job_posting import job_page
from backend.sources.shapes import checked_id
from backend.sources.web_list import WebList

HOST = "https://jobs.jobvite.com"
_RESERVED = {"careers", "api", "support", "login", "images", "static", "jobs", "job", "search"}
_JOB = re.compile(r"/job/([A-Za-z0-9]{6,12})(?:[/?#]|$)")
_NAMES = ("jv-job-list-name", "jv-job-list-title")
_MANY = re.compile(r"\d+ locations", re.IGNORECASE)
_NOTHING = re.compile(r"no (?:open |current |available )?(?:positions|jobs|openings|results)", re.IGNORECASE)


class Jobvite(WebList):
    """The token is the company's name in the path. Of a job in many places only their number is listed."""

    name = "jobvite"
    label = "Jobvite"
    parser_version = 1
    url_forms = ("jobs.jobvite.com/COMPANY/jobs",)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host != "jobs.jobvite.com":
            return None
        path = address.path[1:] if address.path[:1] == ("careers",) else address.path
        return slug(path[0], _RESERVED) if path else None

    def board_url(self, token: str) -> str:
        return f"{HOST}/{token}/jobs"

    def first_request(self, token: str) -> Request:
        return Request(f"{HOST}/{token}/jobs/viewall")

    def parse(self, response: Response) -> Page:
        tree = page_answer(response, "Jobvite's list of jobs", _has_list)
        found = list(_postings(tree, response.request.url))
        # some pages show the first few of each category, and link to the rest
        cut = any("/search?c=" in link.get("href", "") for link in tree.iter("a"))
        return Page(merge_duplicates(found), complete=not cut)

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(posting.url) if posting.url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        tree, carried = job_page(response, "a Jobvite job", lambda page: _text(page) is not None)
        told = _told(tree, response.request.url)
        detail = carried or told
        known = tuple(place for place in posting.locations if not _MANY.fullmatch(place.text))
        return replace(
            posting,
            external_id=posting.external_id or told.external_id,
            title=posting.title or detail.title,
            url=posting.url or told.url,
            company=detail.company or posting.company,
            locations=known or detail.locations or told.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=inner_html(_text(tree)) or detail.description_html or "",
            department=posting.department or told.department,
            employment_type=detail.employment_type,
            work_mode=detail.work_mode,
            salary=detail.salary,
            posted_at=detail.posted_at,
        )


def _has_list(tree: HtmlElement) -> bool:
    """The list, or a page of theirs that says that there are none."""
    if any(first(link, *_NAMES) is not None for link in tree.iter("li", "tr", "a")):
        return True
    ours = (
        tree.find_class("jv-page-jobs") or tree.find_class("jv-page-body") or tree.find_class("jv-job-list")
    )
    return bool(ours) and bool(_NOTHING.search(text_of(tree) or ""))


def _postings(tree: HtmlElement, asked: str) -> Iterator[Posting]:
    """A link with the name in it, or (older pages) a table's row with the link in the name."""
    for name in (one for kind in _NAMES for one in tree.find_class(kind)):
        link = next(iter(name.iter("a")), None)
        if link is None:
            link = next((one for one in name.iterancestors("a")), None)
        number = _JOB.search(attribute(link, "href") or "")
        title = text_of(name)
        if link is None or number is None or title is None:
            raise SourceChanged("jv-job-list-name: a job without a name, or without a link to it")
        row = next((one for one in name.iterancestors("li", "tr")), link)
        place = first(row, "jv-job-list-location")
        texts = [text for part in (place if place is not None else ()) if (text := text_of(part))]
        where = (texts[-1] if texts else text_of(place)) or ""
        yield Posting(
            external_id=checked_id(number.group(1), "jv-job-list-name"),
            title=title,
            url=_without_query(resolve(asked, attribute(link, "href"))),
            locations=(Location(where),) if where else (),
            department=texts[0] if len(texts) > 1 else _heading(row),
        )


def _heading(row: HtmlElement) -> str | None:
    """The department stands above the list of its jobs."""
    around = next((one for one in row.iterancestors() if "jv-job-list" in one.get("class", "").split()), None)
    above = around.getprevious() if around is not None else None
    return text_of(above) if above is not None and above.tag in {"h2", "h3", "h4"} else None


def _text(tree: HtmlElement) -> HtmlElement | None:
    return first(tree, "jv-job-detail-description")


def _told(tree: HtmlElement, asked: str) -> Posting:
    """What the page shows: `Engineering | Austin, Texas | Remote, United States` below the title."""
    meta = first(tree, "jv-job-detail-meta")
    parts: list[str] = []
    if meta is not None:
        parts = [" ".join((meta.text or "").split())]
        parts += [" ".join((child.tail or "").split()) for child in meta]
    places = tuple(Location(part.replace(" ,", ",")) for part in parts[1:] if part)
    number = _JOB.search(asked)
    apply = first(tree, "jv-button-apply")
    link = resolve(asked, attribute(apply, "href"))
    number = number or _JOB.search(link)
    return Posting(
        external_id=number.group(1) if number else "",
        title=text_of(first(tree, "jv-header")) or "",
        url=link.partition("/apply")[0],
        locations=places,
        department=parts[0] if parts and parts[0] else None,
    )


def _without_query(url: str) -> str:
    return url.partition("?")[0]
