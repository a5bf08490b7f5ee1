"""Eightfold: the PCSX search of newer careers pages and the older list; details hold the text."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import is_page, json_answer, next_offset, page_answer
from backend.sources.base import Page, Request, Response, Source, SourceUnavailable
from backend.sources.elements import resolve
from backend.sources.job_posting import job_page
from backend.sources.linked_data import page_text
from backend.sources.shapes import Fields, expect_object, rows
from backend.sources.texts import as_html

LIMIT = 10  # whatever is asked for
BLOCKED = 405
_OLD, _NEW = "/api/apply/v2/jobs", "/api/pcsx/search"
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
# How the careers page names the domain that the API wants to hear.
_NAMED = re.compile(
    r"(?:[\"']domain[\"']\s*:|_EF_GROUP_ID\s*=|&#34;domain&#34;\s*:|&quot;domain&quot;\s*:)\s*"
    r"(?:[\"']|&#34;|&quot;)([A-Za-z0-9.-]{3,100})(?:[\"']|&#34;|&quot;)"
)
_RESERVED = {"www", "app", "api", "static", "docs", "support", "help"}
_WHERE = {"careers", "api"}


class Eightfold(Source):
    """The token is HOST/DOMAIN, or HOST alone: then its careers page is asked for the domain first.

    Newer sites answer PCSX, older ones refuse it ("PCSX is not enabled") and answer the old list. Both end at
    about 2,000 rows.
    """

    name = "eightfold"
    label = "Eightfold"
    parser_version = 1
    url_forms = ("COMPANY.eightfold.ai/careers",)
    envelope = "positions"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        domain = address.query.get("domain", "").lower()
        named = bool(_DOMAIN.fullmatch(domain))
        if not address.subdomain("eightfold.ai", _RESERVED):
            job = address.path[:2] == ("careers", "job") and address.path[-1].isdecimal()
            if not job and not (named and address.path[:1] and address.path[0] in _WHERE):
                return None
        return f"{address.host}/{domain}" if named else address.host

    def token_of(self, told: str) -> str | None:
        address = parse_address(told)
        return (self.recognise(told) or address.host) if address else None

    def board_url(self, token: str) -> str:
        host, _, domain = token.partition("/")
        return f"https://{host}/careers{f'?domain={domain}' if domain else ''}"

    def first_request(self, token: str) -> Request:
        host, _, domain = token.partition("/")
        return _new_request(host, domain, 0) if domain else Request(f"https://{host}/careers")

    def parse(self, response: Response) -> Page:
        asked = urlsplit(response.request.url)
        if _wants_old(response) and asked.path == _NEW and asked.hostname:
            return Page([], next=_old_request(asked.hostname, _asked(asked.query, "domain"), 0))
        if response.status == BLOCKED:
            raise SourceUnavailable(
                f"{response.request.url} answered {BLOCKED}, as it does to whom it blocks"
            )
        if is_page(response) and not asked.path.startswith("/api/"):
            named = _NAMED.search(page_text(response.body))
            page_answer(response, "an Eightfold page that names its domain", lambda _: named is not None)
            host = asked.hostname
            return Page([], next=_new_request(host, named.group(1), 0) if named and host else None)
        answer = expect_object(json_answer(response))
        return self._page(response, Fields(answer["data"], "data") if "data" in answer else Fields(answer))

    def _page(self, response: Response, envelope: Fields) -> Page:
        found = rows(envelope.value, self.envelope)
        asked = urlsplit(response.request.url)
        start = _asked(asked.query, "start")
        offset = int(start) if start.isdecimal() and len(start) < 8 else 0
        total = envelope.whole("count")
        following = next_offset(offset, len(found), LIMIT, total)
        again = _old_request if asked.path == _OLD else _new_request
        domain = _asked(asked.query, "domain")
        return Page(
            merge_duplicates([_posting(row, response.request.url) for row in found]),
            next=again(asked.hostname, domain, following) if following and asked.hostname else None,
            complete=following is not None or not total or offset + len(found) >= total,
        )

    def fingerprint(self, response: Response) -> bytes:
        """Of the careers page only the domain; lists are as they are."""
        if not is_page(response):
            return response.body
        named = _NAMED.search(page_text(response.body))
        return named.group(1).encode() if named else response.body

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        """PCSX for what PCSX listed (its addresses name the domain), else the old detail, else the page."""
        page, asked = urlsplit(posting.url), urlsplit(list_request.url)
        if not posting.url or not asked.hostname or not posting.external_id.isdecimal():
            return None
        if domain := _asked(page.query, "domain"):
            question = f"position_id={posting.external_id}&domain={domain}&hl=en"
            return Request(f"https://{asked.hostname}/api/pcsx/position_details?{question}")
        if domain := _asked(asked.query, "domain"):
            return Request(f"https://{asked.hostname}{_OLD}/{posting.external_id}?domain={domain}")
        return Request(posting.url)

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        if is_page(response):
            told = job_page(response)[1] or posting
            return replace(posting, description_html=told.description_html or "", salary=told.salary)
        answer = expect_object(json_answer(response))
        detail = Fields(answer["data"], "data") if "data" in answer else Fields(answer)
        own = _posting(detail, response.request.url)
        text = detail.text("jobDescription") or detail.text("job_description")
        return replace(
            own,
            external_id=posting.external_id or own.external_id,
            url=posting.url or own.url,
            locations=own.locations or posting.locations,
            department=own.department or posting.department,
            work_mode=own.work_mode or posting.work_mode,
            posted_at=own.posted_at or posting.posted_at,
            # "" says: looked, and there is no text; None would ask again
            description_html=as_html(text) or "",
        )


def _posting(row: Fields, asked: str) -> Posting:
    """Old rows: `t_create`, `canonicalPositionUrl`; PCSX rows: `postedTs`, and a relative `positionUrl`."""
    external_id = row.need_id("id")
    domain = _asked(urlsplit(asked).query, "domain")
    own = resolve(asked, row.text("positionUrl"))
    if own and domain and "?" not in own:
        own = f"{own}?domain={domain}"
    url = row.link("canonicalPositionUrl") or own or resolve(asked, f"/careers/job/{external_id}")
    places = row.texts("standardizedLocations") or row.texts("locations") or row.texts("location")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=url,
        locations=tuple(Location(place) for place in dict.fromkeys(places)),
        description_html=as_html(row.text("job_description")),
        department=row.text("department"),
        work_mode=row.text("workLocationOption") or row.text("work_location_option"),
        posted_at=row.epoch_s("postedTs") or row.epoch_s("t_create"),
    )


def _wants_old(response: Response) -> bool:
    return response.status == 403 and b"not enabled" in response.body[:2000].lower()


def _asked(query: str, name: str) -> str:
    return parse_qs(query).get(name, [""])[0]


def _new_request(host: str, domain: str, start: int) -> Request:
    return Request(f"https://{host}{_NEW}?domain={domain}&query=&start={start}")


def _old_request(host: str, domain: str, start: int) -> Request:
    return Request(f"https://{host}{_OLD}?domain={domain}&start={start}&num={LIMIT}")
