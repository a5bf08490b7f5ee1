"""JazzHR: the XML feed of a company's syndicated jobs; the page that lists all of them where it is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import is_page, page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import attribute, first, inner_html, resolve, text_of
from backend.sources.job_posting import job_page
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.shapes import checked_id
from backend.sources.web_list import WebList

FEEDS = "https://app.jazz.co/feeds/export/jobs"
_RESERVED = {"www", "app", "api", "help", "support"}
# the same ten characters in the feed's addresses and on the page
_CODE = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{8,14})(?:[/?#]|$)")
_POSTED = re.compile(r"job_(\d{14})_")
_NOTHING = re.compile(
    r"no (?:open |current |available |job )*(?:positions|openings|jobs|results|opportunities)", re.IGNORECASE
)
_OURS = re.compile(r"jazzhr|resumator|applytojob|jazz\.co", re.IGNORECASE)


class JazzHR(WebList):
    """The token is the subdomain. The feed is a day old at most; some companies do not syndicate at all.

    So an empty feed is not believed: then the company's page is asked. Some stand behind a bot wall (403).
    """

    name = "jazzhr"
    label = "JazzHR"
    parser_version = 1
    url_forms = ("COMPANY.applytojob.com",)
    web_pages = False  # the feed is made for programs

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if address.host == "app.jazz.co" and address.path[:3] == ("feeds", "export", "jobs"):
            return slug(address.path[3]) if len(address.path) > 3 else None
        return slug(address.subdomain("applytojob.com", _RESERVED))

    def board_url(self, token: str) -> str:
        return f"https://{token}.applytojob.com/apply"

    def first_request(self, token: str) -> Request:
        return Request(f"{FEEDS}/{token}")

    def parse(self, response: Response) -> Page:
        asked = response.request.url
        if is_page(response) and not asked.startswith(FEEDS):
            tree = page_answer(response, "JazzHR's list of jobs", _has_list)
            return Page(merge_duplicates(list(_from_page(tree, asked))))
        token = self.recognise(asked)
        rows = list(_from_feed(response))
        following = Request(f"{self.board_url(token)}/jobs") if token and not rows else None
        return Page(
            merge_duplicates([posting for posting, _ in rows]),
            next=following,
            complete=bool(rows) or following is not None,
            closed=frozenset(posting.external_id for posting, closed in rows if closed),
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(posting.url) if posting.description_html is None and posting.url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        tree, detail = job_page(response, "a JazzHR job", lambda page: _text(page) is not None)
        if detail is None:
            return replace(posting, description_html=inner_html(_text(tree)) or "")
        return replace(
            posting,
            external_id=posting.external_id or detail.external_id,
            title=posting.title or detail.title,
            url=posting.url or detail.url,
            company=posting.company or detail.company,
            locations=detail.locations or posting.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=detail.description_html or "",
            employment_type=detail.employment_type,
            work_mode=detail.work_mode,
            salary=detail.salary,
            posted_at=detail.posted_at or posting.posted_at,
        )


def _from_feed(response: Response) -> Iterator[tuple[Posting, bool]]:
    """Each job, and whether the feed calls it closed."""
    for row in xml_rows(response, "jobs", "job"):
        number = row.need_id("id")
        url = row.text("url") or ""
        code = _CODE.search(url)
        status = (row.text("status") or "open").lower()
        yield (
            Posting(
                external_id=code.group(1) if code else number,
                title=row.need_text("title"),
                url=resolve(response.request.url, url),
                locations=tuple(_location(row)),
                description_html=row.text("description") or "",
                department=row.text("department"),
                employment_type=row.text("type"),
                level=row.text("experience"),
                posted_at=_posted_at(number),
            ),
            status in {"closed", "cancelled", "filled", "on hold", "inactive"},
        )


def _location(row: XmlRow) -> Iterator[Location]:
    city, region, country = row.text("city"), row.text("state"), row.text("country")
    text = ", ".join(part for part in (city, region, country) if part)
    if text:
        yield Location(text, city, region, country_code(country))


def _posted_at(number: str) -> datetime | None:
    """The id holds the time of posting: `job_20261001000000_ABCD`."""
    found = _POSTED.match(number)
    try:
        return datetime.strptime(found.group(1), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _links(tree: HtmlElement) -> list[HtmlElement]:
    return [link for link in tree.iter("a") if _CODE.search(link.get("href", "")) and text_of(link)]


def _has_list(tree: HtmlElement) -> bool:
    """Links to jobs, or a page of theirs that says that there are none."""
    if _links(tree):
        return True
    ours = any(
        _OURS.search(one.get("href") or one.get("src") or "")
        for one in tree.iter("a", "link", "script", "img")
    )
    return ours and bool(_NOTHING.search(text_of(tree) or ""))


def _from_page(tree: HtmlElement, asked: str) -> Iterator[Posting]:
    """A table's rows, or the items of a list; each job is there again for small screens."""
    seen: set[str] = set()
    for link in _links(tree):
        href = attribute(link, "href") or ""
        code = _CODE.search(href)
        title = text_of(link)
        if code is None or title is None or code.group(1) in seen:
            continue
        seen.add(code.group(1))
        place = _place_beside(link)
        yield Posting(
            external_id=checked_id(code.group(1), "a job's link"),
            title=title,
            url=resolve(asked, href).partition("?")[0],
            locations=(Location(place),) if place else (),
        )
    if not seen and _links(tree):
        raise SourceChanged("the HTML page links to jobs without their titles")


def _place_beside(link: HtmlElement) -> str | None:
    """The second cell of a row, or the first line below the title."""
    row = next((one for one in link.iterancestors("tr", "li")), None)
    if row is None:
        return None
    if row.tag == "tr":
        cells = [text_of(cell) for cell in row.iter("td")]
        return cells[1] if len(cells) > 1 else None
    marker = first(row, "fa-map-marker")
    around = marker.getparent() if marker is not None else None
    return text_of(around) if around is not None else None


def _text(tree: HtmlElement) -> HtmlElement | None:
    found = first(tree, "job_description", "description")
    return found if found is not None else tree.get_element_by_id("job-description", None)
