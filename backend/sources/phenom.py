"""Phenom careers pages: the `widgets` of the company's own host, and the API of the tenant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from backend.domain.exchange import SourceChanged, SourceUnavailable
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import is_page, json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.elements import resolve
from backend.sources.job_posting import job_page
from backend.sources.moments import loose_moment
from backend.sources.shapes import Fields, expect_object, rows
from backend.sources.texts import as_html

LIMIT = 100
_API_LIMIT = 10
_API_HOST = re.compile(r"content-[a-z]{2}\.phenompeople\.com")
_TENANT = re.compile(r"[A-Z0-9]{4,20}")
_COUNTRY = re.compile(r"[a-z]{2}|global", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}", re.IGNORECASE)
_SEARCHES = ("refineSearch", "eagerLoadRefineSearch", "searchJobs")
_ID = re.compile(r"[\w-]{1,200}")


class Phenom(Source):
    """The token is the careers page's HOST, or APIHOST/TENANT.

    Some hosts answer their widgets only to browsers with a session: then the board is unavailable.
    """

    name = "phenom"
    label = "Phenom"
    parser_version = 1
    url_forms = ("HOST/us/en/search-results",)
    envelope = "jobs"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        path = address.path
        if _API_HOST.fullmatch(address.host):
            known = path[:1] == ("api",) and len(path) > 1 and _TENANT.fullmatch(path[1])
            return f"{address.host}/{path[1]}" if known else None
        if path == ("widgets",):
            return address.host
        local = len(path) > 2 and _COUNTRY.fullmatch(path[0]) and _LANGUAGE.fullmatch(path[1])
        return address.host if local and (path[2] == "search-results" or "EXTERNAL" in path[-2]) else None

    def token_of(self, told: str) -> str | None:
        address = parse_address(told)
        return (self.recognise(told) or address.host) if address else None

    def board_url(self, token: str) -> str:
        host, _, tenant = token.partition("/")
        return f"https://{host}/api/{tenant}/searchJobs" if tenant else f"https://{host}"

    def first_request(self, token: str) -> Request:
        host, _, tenant = token.partition("/")
        if tenant:
            return Request(f"https://{host}/api/{tenant}/searchJobs?from=0&size={_API_LIMIT}")
        return _widget_request(host, _search(0))

    def parse(self, response: Response) -> Page:
        outer, data = _searched(response)
        found = rows(data.value, self.envelope)
        asked = response.request
        host = urlsplit(asked.url).hostname or ""
        start = _asked_start(asked)
        total = data.whole("totalHits")
        if total is None:
            total = outer.whole("totalHits")
        api = bool(_API_HOST.fullmatch(host))
        limit = _API_LIMIT if api else LIMIT
        following = next_offset(start, len(found), limit, total)
        again: Request | None = None
        if following is not None and host:
            base = asked.url.partition("?")[0]
            again = (
                Request(f"{base}?from={following}&size={limit}")
                if api
                else _widget_request(host, _search(following))
            )
        return Page(
            merge_duplicates([_posting(row, "" if api else host) for row in found]),
            next=again,
            complete=again is not None or not total or start + len(found) >= total,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        host = urlsplit(list_request.url).hostname or ""
        if _API_HOST.fullmatch(host):
            return Request(posting.url) if posting.url else None
        if not host or not _ID.fullmatch(posting.external_id):
            return None
        return _widget_request(
            host, {"pageName": "job", "ddoKey": "jobDetail", "jobSeqNo": posting.external_id}
        )

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        if is_page(response):
            told = job_page(response)[1] or posting
            text = told.description_html
        else:
            job = Fields(json_answer(response)).object("jobDetail").object("data").object("job")
            if not job.value:
                raise SourceChanged("the answer has no object 'jobDetail.data.job'")
            told = _posting(job, urlsplit(response.request.url).hostname or "")
            text = as_html(job.text("description"))
        return replace(
            posting,
            title=posting.title or told.title,
            locations=posting.locations or told.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=text or "",
            employment_type=posting.employment_type or told.employment_type,
            work_mode=posting.work_mode or told.work_mode,
            salary=told.salary,
            posted_at=posting.posted_at or told.posted_at,
        )


def _searched(response: Response) -> tuple[Fields, Fields]:
    """The search in an answer, and its `data`; the object itself where a recording holds no more."""
    answer = expect_object(json_answer(response))
    for name in _SEARCHES:
        if name in answer:
            outer = Fields(answer[name], name)
            return outer, outer.object("data")
    if "jobs" in answer:
        return Fields(answer), Fields(answer)
    if answer.get("tokenAvailable") is False:
        raise SourceUnavailable(f"{response.request.url} answers only browsers with a session")
    raise SourceChanged(f"the answer has no search (one of {', '.join(_SEARCHES)})")


def _posting(row: Fields, host: str) -> Posting:
    external_id = row.need_id("jobSeqNo")
    own = resolve(f"https://{host}/", f"/job/{external_id}") if host else ""
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("detailUrl") or own or row.link("applyUrl") or "",
        locations=tuple(dict.fromkeys(_locations(row))),
        department=row.text("category"),
        employment_type=row.text("type"),
        work_mode=row.text("checkRemote") or row.text("remote"),
        posted_at=loose_moment(row.text("postedDate")),
    )


def _locations(row: Fields) -> Iterator[Location]:
    """`multi_location`; else `location`, with blanks around semicolons between places."""
    places = row.texts("multi_location")
    if not places:
        told = row.text("location") or row.text("cityStateCountry") or row.text("city") or ""
        places = [part.strip() for part in told.split("; ") if part.strip()]
    yield from (Location(place) for place in places)


def _asked_start(asked: Request) -> int:
    """`from` of what was asked: in the body of a widget's request, in the query of the API's."""
    try:
        question = json.loads(asked.body or b"{}")
    except ValueError:
        question = {}
    value = question.get("from") if isinstance(question, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return max(0, value)
    text = parse_qs(urlsplit(asked.url).query).get("from", ["0"])[0]
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _search(start: int) -> dict[str, Any]:
    return {
        "pageName": "search-results",
        "ddoKey": "refineSearch",
        "from": start,
        "size": LIMIT,
        "jobs": True,
        "counts": False,
        "keywords": "",
        "global": True,
        "siteType": "external",
        "selected_fields": {},
    }


def _widget_request(host: str, question: Mapping[str, Any]) -> Request:
    common = {"lang": "en_us", "deviceType": "desktop", "country": "us"}
    body = json.dumps({**common, **question}, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    return Request(f"https://{host}/widgets", "POST", headers, body)
