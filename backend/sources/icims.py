"""iCIMS: the classic list of job cards (a page in a frame), and the JSON of newer sites (Jibe)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import is_page, json_answer, next_offset, page_answer
from backend.sources.base import Page, Request, Response
from backend.sources.elements import attribute, first, inner_html, resolve, text_of
from backend.sources.job_posting import job_page
from backend.sources.shapes import Fields, joined, rows, web_url
from backend.sources.texts import as_html
from backend.sources.web_list import WebList

JIBE_LIMIT = 100
_RESERVED = {"www", "api", "developer", "community", "login", "marketplace", "docs", "care"}
_CONTENT = "iCIMS_JobContent"
_JOB = re.compile(r"/jobs/(\d{1,15})(?:/|$)")
_PAGES = re.compile(r"Page\s+(\d{1,5})\s+(?:of|de|sur|von|di|/)\s+(\d{1,5})", re.IGNORECASE)
FEW = 20  # a page with fewer cards is the last, where no page tells how many there are
_NOTHING = re.compile(
    r"no (?:jobs|results|openings|positions) (?:were |have been |are )?(?:found|match|available)"
    r"|there are (?:currently )?no (?:open |available )?(?:jobs|positions|openings)|sorry, no jobs",
    re.IGNORECASE,
)
# US-MA-Boston
_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?(?:-(.+))?")


class Icims(WebList):
    """The token is the host; `jibe:HOST` is a newer site, whose host is the customer's own."""

    name = "icims"
    label = "iCIMS"
    parser_version = 1
    url_forms = ("careers-COMPANY.icims.com",)
    envelope = "jobs"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if address.path == ("api", "jobs") and {"page", "limit"} <= set(address.query):
            return f"jibe:{address.host}"  # only Jibe asks so
        return address.host if address.subdomain("icims.com", _RESERVED) else None

    def token_of(self, told: str) -> str | None:
        address = parse_address(told)
        return (self.recognise(told) or f"jibe:{address.host}") if address else None

    def board_url(self, token: str) -> str:
        host = token.removeprefix("jibe:")
        return f"https://{host}/api/jobs?page=1&limit=10" if token != host else f"https://{host}/jobs/search"

    def first_request(self, token: str) -> Request:
        host = token.removeprefix("jibe:")
        return _jibe_request(host, 1) if token != host else _page_request(host, 0)

    def parse(self, response: Response) -> Page:
        # a Jibe site answers JSON, and a page only where something is wrong
        if _is_jibe(response):
            return _jibe_page(response)
        tree = page_answer(response, "iCIMS's list of jobs", _has_list)
        found = [_posting(card, response.request.url) for card in tree.find_class("iCIMS_JobCardItem")]
        asked = urlsplit(response.request.url)
        number = _number(parse_qs(asked.query).get("pr", ["0"])[0])
        told = _PAGES.search(text_of(tree) or "")
        pages = int(told.group(2)) if told else response.request.memo.get("pages", 0)
        more = number + 1 < pages if pages else len(found) >= FEW
        return Page(
            merge_duplicates(found),
            next=_page_request(asked.hostname, number + 1, pages)
            if found and more and asked.hostname
            else None,
            # not complete: an empty page where the one before promised more
            complete=bool(found) or number >= pages,
        )

    def fingerprint(self, response: Response) -> bytes:
        return response.body if _is_jibe(response) else super().fingerprint(response)

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        if posting.description_html is not None or not posting.url:
            return None
        return Request(f"{posting.url}?in_iframe=1")  # without it the answer is a frame with nothing in it

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        tree, detail = job_page(response, "an iCIMS job", lambda page: first(page, _CONTENT) is not None)
        if detail is None:
            return replace(posting, description_html=_plain_text(tree))
        number = _JOB.search(detail.url)
        # "OTHER" tells nothing
        kind = detail.employment_type if detail.employment_type != "OTHER" else None
        return replace(
            posting,
            external_id=posting.external_id or (number.group(1) if number else detail.external_id),
            title=posting.title or detail.title,
            url=posting.url or detail.url.partition("?")[0],
            company=detail.company,
            locations=posting.locations or detail.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=detail.description_html or "",
            department=posting.department or detail.department,
            employment_type=kind or posting.employment_type,
            work_mode=posting.work_mode or detail.work_mode,
            salary=detail.salary,
            posted_at=detail.posted_at,
        )


def _has_list(tree: HtmlElement) -> bool:
    """Job cards, or a page of theirs that says that there are none."""
    if tree.find_class("iCIMS_JobCardItem"):
        return True
    if tree.find_class("iCIMS_NoResults"):
        return True
    ours = any("iCIMS_" in one.get("class", "") for one in tree.iter("div", "ul", "h2"))
    return ours and bool(_NOTHING.search(text_of(tree) or ""))


def _posting(card: HtmlElement, asked: str) -> Posting:
    link = next((one for one in card.iter("a") if _JOB.search(one.get("href", ""))), None)
    if link is None:
        raise SourceChanged("iCIMS_JobCardItem: a job without a link to it")
    number = _JOB.search(link.get("href", ""))
    heading = next((one for one in link.iter("h1", "h2", "h3", "h4")), None)
    title = text_of(heading) or (attribute(link, "title") or "").partition(" - ")[2].strip()
    if number is None or not title:
        raise SourceChanged("iCIMS_JobCardItem: a job without a title")
    fields = dict(_fields(card))
    places = next((value for name, value in fields.items() if "location" in name), "")
    return Posting(
        external_id=number.group(1),
        title=title,
        url=resolve(asked, attribute(link, "href")).partition("?")[0],
        locations=tuple(_place(text.strip()) for text in places.split("|") if text.strip()),
        department=fields.get("category") or fields.get("department"),
        employment_type=fields.get("position type") or fields.get("type"),
    )


def _fields(card: HtmlElement) -> Iterator[tuple[str, str]]:
    """The labelled values of a card: a hidden label before a span, and the rows of a definition list."""
    for label in card.find_class("field-label"):
        value = label.getnext()
        if value is not None and value.tag != "h3" and (text := text_of(value)):
            yield (text_of(label) or "").lower(), text
    for label in card.iter("dt"):
        value = label.getnext()
        if value is not None and (text := text_of(value)):
            yield (text_of(label) or "").lower(), text


def _place(text: str) -> Location:
    """`US-MA-Boston`, `US-Remote`, `US`: a country, mostly with more behind it."""
    parts = _PLACE.fullmatch(text)
    country = country_code(parts.group(1)) if parts else None
    if parts is None or country is None:
        return Location(text)
    city = parts.group(3)
    if city is None or "remote" in city.lower():
        return Location(text, country=country)
    return Location(text, city.strip(), parts.group(2), country)


def _plain_text(tree: HtmlElement) -> str:
    """Of a job's page without JSON-LD."""
    parts = [inner_html(part) for part in tree.find_class("iCIMS_Expandable_Text")]
    return joined(*parts) or inner_html(first(tree, _CONTENT)) or ""


def _is_jibe(response: Response) -> bool:
    return urlsplit(response.request.url).path == "/api/jobs" or (
        not is_page(response) and response.body.lstrip()[:1] == b"{"
    )


def _jibe_page(response: Response) -> Page:
    envelope = Fields(json_answer(response))
    found = rows(envelope.value, "jobs")
    asked = urlsplit(response.request.url)
    number = max(1, _number(parse_qs(asked.query).get("page", ["1"])[0]))
    limit = _number(parse_qs(asked.query).get("limit", [""])[0]) or JIBE_LIMIT
    offset = (number - 1) * limit
    total = envelope.whole("totalCount")
    following = next_offset(offset, len(found), limit, total)
    again = following is not None and len(found) >= limit and asked.hostname
    return Page(
        merge_duplicates([_jibe_posting(row, response.request.url) for row in found]),
        next=_jibe_request(str(asked.hostname), number + 1) if again else None,
        complete=bool(again) or not total or offset + len(found) >= total,
    )


def _jibe_posting(row: Fields, asked: str) -> Posting:
    data = row.object("data")
    external_id = data.need_id("slug")
    canonical = data.object("meta_data").text("canonical_url")
    city, region, country = data.text("city"), data.text("state"), data.text("country")
    text = data.text("full_location") or ", ".join(part for part in (city, region, country) if part)
    parts = (data.text(name) for name in ("description", "responsibilities", "qualifications"))
    return Posting(
        external_id=external_id,
        title=data.need_text("title"),
        url=web_url(canonical, data.at("meta_data.canonical_url"))
        if canonical
        else resolve(asked, f"/jobs/{external_id}"),
        company=data.text("hiring_organization"),
        locations=(Location(text, city, region, country_code(data.text("country_code") or country)),)
        if text
        else (),
        description_html=joined(*(as_html(part) for part in parts)),
        department=next(iter(data.texts("category")), None),
        employment_type=data.text("employment_type"),
        work_mode=data.text("location_type"),
        posted_at=data.moment("posted_date"),
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _page_request(host: str, number: int, pages: int = 0) -> Request:
    memo = {"pages": pages} if pages else {}
    return Request(f"https://{host}/jobs/search?ss=1&in_iframe=1&pr={number}", memo=memo)


def _jibe_request(host: str, number: int) -> Request:
    return Request(f"https://{host}/api/jobs?page={number}&limit={JIBE_LIMIT}")
