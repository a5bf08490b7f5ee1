"""SAP SuccessFactors: the pages of its Career Site Builder, their RSS of everything, and the old XML list.

No recorded answer: the shapes are those that public adapters read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import is_page, next_offset, page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import attribute, first, inner_html, resolve, text_of
from backend.sources.job_posting import job_page
from backend.sources.markup import XmlRow, xml_rows
from backend.sources.moments import loose_moment
from backend.sources.shapes import checked_id
from backend.sources.texts import as_html
from backend.sources.web_list import WebList

LIMIT = 25
FEED = "sitemal.xml"  # their spelling
G = "{http://base.google.com/ns/1.0}"
_OLD_HOST = re.compile(r"career\d*\.(?:successfactors\.(?:com|eu)|sapsf\.(?:com|eu|cn))")
_JOB = re.compile(r"/job/(?:[^?#]*/)?(\d{4,18})(?:/|$|[?#])")
_TOTAL = re.compile(r"\d[\d.,\u00a0\u202f']*")
_NOTHING = re.compile(
    r"no (?:open |current )?(?:positions|jobs|results|openings)|keine (?:offenen )?(?:stellen|ergebnisse)"
    r"|aucun(?:e)? (?:poste|offre|résultat)|no hay (?:puestos|vacantes|resultados)"
    r"|nenhum(?:a)? (?:vaga|resultado)",
    re.IGNORECASE,
)


class SuccessFactors(WebList):
    """The token is HOST or HOST/SITE; `feed:HOST` its RSS with everything; CAREERHOST/COMPANY the old list.

    The RSS can exceed 100 MB: it is only for those who ask for it.
    """

    name = "successfactors"
    label = "SAP SuccessFactors"
    parser_version = 1
    url_forms = ("COMPANY.jobs2web.com", "career5.successfactors.eu/career?company=COMPANY")
    proven = False

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if _OLD_HOST.fullmatch(address.host):
            company = slug(address.query.get("company") or address.query.get("career_company"))
            return f"{address.host}/{company}" if company else None
        if address.path == (FEED,):
            return f"feed:{address.host}"
        site = f"/{address.path[0]}" if len(address.path) == 2 and slug(address.path[0]) else ""
        if address.path[-1:] == ("search",) and len(address.path) < 3 and "startrow" in address.query:
            return address.host + site
        if address.host.endswith(".jobs2web.com") and not address.host.startswith("www."):
            return address.host + (site if address.path[-1:] == ("search",) else "")
        return None

    def token_of(self, told: str) -> str | None:
        address = parse_address(told)
        if address is None or _OLD_HOST.fullmatch(address.host):
            return self.recognise(told)
        site = f"/{address.path[0]}" if len(address.path) == 2 and address.path[1] == "search" else ""
        return self.recognise(told) or address.host + site

    def board_url(self, token: str) -> str:
        kind, _, place = token.rpartition(":")
        host, _, rest = place.partition("/")
        if kind:
            return f"https://{host}/{FEED}"
        return (
            f"https://{host}/career?company={rest}"
            if _OLD_HOST.fullmatch(host)
            else f"https://{place}/search/"
        )

    def first_request(self, token: str) -> Request:
        url = self.board_url(token)
        if token.startswith("feed:"):
            return Request(url)
        if _OLD_HOST.match(token):
            return Request(f"{url}&career_ns=job_listing_summary&resultType=XML")
        return _page_request(url, 0, None)

    def parse(self, response: Response) -> Page:
        asked = response.request
        if not is_page(response) and response.body.lstrip()[:1] == b"<":
            old = b"<Job-Listing" in response.body[:3000]
            found = _from_old(response) if old else _from_feed(response)
            return Page(merge_duplicates(list(found)))
        tree = page_answer(response, "a list of jobs as the Career Site Builder writes it", _has_list)
        postings = [_posting(row, asked.url) for row in _rows(tree)]
        start = _start(asked.url)
        total = _told_total(tree) or asked.memo.get("total")
        following = next_offset(start, len(postings), LIMIT, total)
        base = asked.url.partition("?")[0]
        return Page(
            merge_duplicates(postings),
            next=_page_request(base, following, total) if following and base else None,
            complete=following is not None or not total or start + len(postings) >= total,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(posting.url) if posting.description_html is None and posting.url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        tree, carried = job_page(response, "a job's text", lambda page: _text(page) is not None)
        detail = carried or Posting("", "", "")
        posted = attribute(_with_property(tree, "datePosted"), "content")
        return replace(
            posting,
            title=posting.title or detail.title or text_of(_with_property(tree, "title")) or "",
            url=posting.url or detail.url,
            company=detail.company or attribute(_with_property(tree, "hiringOrganization"), "content"),
            locations=posting.locations or detail.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=detail.description_html or inner_html(_text(tree)) or "",
            employment_type=posting.employment_type or detail.employment_type,
            work_mode=detail.work_mode,
            salary=detail.salary,
            posted_at=detail.posted_at or _java_date(posted) or posting.posted_at,
        )


def _rows(tree: HtmlElement) -> list[HtmlElement]:
    """The rows of a table, or the tiles that newer sites show."""
    rows = tree.find_class("data-row") or tree.find_class("job-tile")
    return [row for row in rows if row.tag in {"tr", "li", "div"}]


def _has_list(tree: HtmlElement) -> bool:
    if _rows(tree):
        return True
    theirs = any(
        "j2w" in (one.get("src") or one.get("href") or one.text or "")[:3000]
        or "jobs2web" in (one.get("src") or one.get("href") or "")
        for one in tree.iter("script", "link")
    )
    ours = theirs or first(tree, "searchResultsShell", "keywordsearch-q", "noresults") is not None
    return ours and bool(_NOTHING.search(text_of(tree) or ""))


def _posting(row: HtmlElement, asked: str) -> Posting:
    link = first(row, "jobTitle-link")
    href = attribute(link, "href") or attribute(row, "data-url") or ""
    number = _JOB.search(href)
    title = text_of(link)
    if number is None or title is None:
        raise SourceChanged("data-row: a job without a title, or without a link to it")
    places = (first(row, "jobLocation"), _tile_value(row, "location"), _tile_value(row, "city"))
    place = next((text for element in places if (text := text_of(element))), None)
    return Posting(
        external_id=checked_id(number.group(1), "data-row"),
        title=title,
        url=resolve(asked, href),
        locations=(Location(place),) if place else (),
        department=text_of(first(row, "jobDepartment", "jobFacility"))
        or text_of(_tile_value(row, "department")),
        posted_at=loose_moment(text_of(first(row, "jobDate"))),
    )


def _tile_value(row: HtmlElement, name: str) -> HtmlElement | None:
    ending = f"-desktop-section-{name}-value"
    return next((one for one in row.iter("div", "span") if one.get("id", "").endswith(ending)), None)


def _told_total(tree: HtmlElement) -> int | None:
    """`Results 1 – 25 of 81`, `Showing 1 to 15 of 764 Jobs`, in any language: the last number."""
    label = first(tree, "paginationLabel")
    if label is None:
        label = tree.get_element_by_id("tile-search-results-label", None)
    numbers = [re.sub(r"\D", "", text) for text in _TOTAL.findall(text_of(label) or "")]
    return int(numbers[-1]) if len(numbers) > 2 and len(numbers[-1]) < 8 else None


def _from_feed(response: Response) -> Iterator[Posting]:
    for row in xml_rows(response, "rss", "item"):
        url = row.need_text("link")
        number = (
            row.text(f"{G}id")
            or (found.group(1) if (found := _JOB.search(url)) else None)
            or row.text("guid")
        )
        if number is None:
            raise SourceChanged(f"{row.at('id')} is missing or empty")
        place, title = row.text(f"{G}location"), row.need_text("title")
        yield Posting(
            external_id=checked_id(number, row.at("id")),
            title=title.removesuffix(f"({place})").strip() or title,
            url=resolve(response.request.url, url),
            company=row.text(f"{G}employer"),
            locations=(Location(place),) if place else (),
            description_html=as_html(row.text("description")) or "",
            department=row.text(f"{G}job_function"),
            posted_at=loose_moment(row.text("pubDate")),
        )


def _from_old(response: Response) -> Iterator[Posting]:
    """`career?…&resultType=XML`: what a field means says only its label."""
    base = response.request.url.partition("&career_ns")[0]
    for row in xml_rows(response, "Job-Listing", "Job"):
        number = row.need_id("ReqId")
        labels = dict(_labelled(row))
        place = labels.get("Posting Location") or labels.get("Location") or labels.get("Country")
        yield Posting(
            external_id=number,
            title=row.need_text("JobTitle"),
            url=resolve(base, f"{base}&career_ns=job_listing&career_job_req_id={number}"),
            locations=(Location(place),) if place else (),
            description_html=as_html(row.text("Job-Description")) or "",
            department=labels.get("Job Family / Functional Area") or labels.get("Department"),
            employment_type=labels.get("Type of Employment"),
            posted_at=_american_date(row.text("Posted-Date")),
        )


def _labelled(row: XmlRow) -> Iterator[tuple[str, str]]:
    for field in row.children("*"):
        label, value = field.text("label"), field.text("value")
        if label and value:
            yield label, value


def _american_date(text: str | None) -> datetime | None:
    """`08/14/2026`."""
    return _dated(text, "%m/%d/%Y")


def _java_date(text: str | None) -> datetime | None:
    """`Tue Aug 12 02:00:00 UTC 2026`."""
    return _dated(text, "%a %b %d %H:%M:%S UTC %Y")


def _dated(text: str | None, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _with_property(tree: HtmlElement, name: str) -> HtmlElement | None:
    return next((one for one in tree.iter() if one.get("itemprop") == name), None)


def _text(tree: HtmlElement) -> HtmlElement | None:
    found = _with_property(tree, "description")
    return found if found is not None else first(tree, "jobdescription", "jobDisplay")


def _start(url: str) -> int:
    text = parse_qs(urlsplit(url).query).get("startrow", ["0"])[0]
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _page_request(base: str, start: int, total: int | None) -> Request:
    return Request(f"{base}?q=&startrow={start}", memo={"total": total} if total else {})
