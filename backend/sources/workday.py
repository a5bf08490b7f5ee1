"""Workday career sites, the JSON behind `*.myworkdayjobs.com`: lists of 20 by POST; details hold the text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import Address, parse_address, slug, without_locale
from backend.sources.answers import GONE, fingerprint_or_body, json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, checked_id, rows
from backend.sources.workday_facets import CAP, MOST_PARTS, Part, divide

LIMIT = 20  # more is refused with 400
_JOBS_HOST = re.compile(r"([a-z0-9_-]+)\.wd\d{1,3}\.myworkdayjobs\.com")
_SITE_HOST = re.compile(r"wd\d{1,3}\.myworkdaysite\.com")
_DAYS = re.compile(r"(\d{1,4})\s*(\+)?")
# A wrong tenant or site answers 422 as often as 404.
_GONE = GONE | {422}
_NOT_SITES = {"wday", "job", "details", "login", "recruiting", "robots.txt"}


class Workday(Source):
    """The token is HOST/TENANT/SITE. A posting's identity is its requisition's number there."""

    name = "workday"
    label = "Workday"
    parser_version = 1
    url_forms = ("COMPANY.wd1.myworkdayjobs.com/SITE", "wd1.myworkdaysite.com/recruiting/COMPANY/SITE")
    envelope = "jobPostings"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        tenant, site = _tenant_and_site(address)
        return f"{address.host}/{tenant}/{site}" if tenant and site else None

    def board_url(self, token: str) -> str:
        host, tenant, site = token.split("/")
        return (
            f"https://{host}/recruiting/{tenant}/{site}"
            if _SITE_HOST.fullmatch(host)
            else f"https://{host}/{site}"
        )

    def first_request(self, token: str) -> Request:
        host, tenant, site = token.split("/")
        asked = Request(f"https://{host}/wday/cxs/{tenant}/{site}/jobs")
        return _request(asked.url, _question(asked), {})

    def parse(self, response: Response) -> Page:
        """A list at the cap is divided by a facet, and its parts are asked one after the other."""
        envelope = Fields(json_answer(response, _GONE))
        found = rows(envelope.value, self.envelope)
        asked, memo = response.request, response.request.memo
        offset = _offset(asked)
        # later pages may say 0: the first page's total is carried along
        total = envelope.whole("total") or memo.get("total")
        following = next_offset(offset, len(found), LIMIT, total)
        reached = total is None or following is not None or offset + len(found) >= total
        kept = total == CAP or (not reached and offset >= CAP)
        promised: int = memo.get("promised", 0)
        complete = reached and not kept and (total or 0) >= promised
        parts: tuple[Part, ...] = memo.get("parts", ())
        if kept and (offset == 0 or not reached):
            division = divide(envelope, _question(asked)["appliedFacets"], total or 0, promised)
            if division and len(parts) + len(division.parts) <= MOST_PARTS:
                following, complete, parts = None, division.whole, (*division.parts, *parts)
        return Page(
            merge_duplicates([_posting(row, self._board_of(response)) for row in found]),
            next=_following_request(asked, following, total, parts),
            complete=complete,
        )

    def fingerprint(self, response: Response) -> bytes:
        """Without "Posted 3 Days Ago", and without the facets and their counts."""
        return fingerprint_or_body(response, _stable)

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        base = list_request.url.removesuffix("/jobs")
        board = self._board_of_url(list_request.url)
        if board is None or not posting.url.startswith(board):
            return None
        return Request(base + posting.url.removeprefix(board), headers={"Accept": "application/json"})

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        info = Fields(json_answer(response, _GONE)).object("jobPostingInfo")
        if not info.value:
            raise SourceChanged("the answer has no object 'jobPostingInfo'")
        url = posting.url or info.link("externalUrl") or ""
        started = info.moment("startDate")
        return replace(
            posting,
            external_id=posting.external_id
            or _identity(urlsplit(url).path, info.text("jobReqId"), "jobPostingInfo"),
            title=info.need_text("title"),
            url=url,
            locations=_detail_locations(info) or posting.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=info.text("jobDescription") or "",
            employment_type=info.text("timeType") or posting.employment_type,
            work_mode=info.text("remoteType") or posting.work_mode,
            posted_at=started or posting.posted_at,
            posted_days_ago=None if started else _days_ago(info.text("postedOn")),
        )

    def _board_of(self, response: Response) -> str | None:
        return self._board_of_url(response.request.url)

    def _board_of_url(self, url: str) -> str | None:
        token = self.recognise(url)
        return self.board_url(token) if token else None


def _tenant_and_site(address: Address) -> tuple[str | None, str | None]:
    own_host = _JOBS_HOST.fullmatch(address.host)
    if not own_host and not _SITE_HOST.fullmatch(address.host):
        return None, None
    path = without_locale(address.path)
    if path[:2] == ("wday", "cxs"):
        path = path[2:]
        return (slug(path[0]), _site(path[1])) if len(path) > 1 else (None, None)
    if own_host:
        return own_host.group(1), _site(path[0]) if path else None
    if path[:1] == ("recruiting",) and len(path) > 2:
        return slug(path[1]), _site(path[2])
    return None, None


def _site(name: str) -> str | None:
    """Some are called "_careers"."""
    return name if slug(name.lstrip("_"), _NOT_SITES) else None


def _posting(row: Fields, board: str | None) -> Posting:
    path = row.need_text("externalPath")
    if not path.startswith("/"):
        raise SourceChanged(f"{row.at('externalPath')}: expected a path that begins with /")
    bullets = row.texts("bulletFields")
    place = row.text("locationsText")
    posted = row.moment("startDate")
    return Posting(
        external_id=_identity(path, bullets[0] if bullets else None, row.at("externalPath")),
        title=row.need_text("title"),
        url=f"{board}{path}" if board else "",
        locations=(Location(place),) if place else (),
        employment_type=row.text("timeType"),
        work_mode=row.text("remoteType"),
        posted_at=posted,
        posted_days_ago=None if posted else _days_ago(row.text("postedOn")),
    )


def _identity(path: str, requisition: str | None, where: str) -> str:
    """The requisition as it ends the path (`…_JR2019124`, `…_JR2019124-1`), else the whole path.

    A new title or place moves the path, but not its end; the `-1` of a second posting of one requisition
    keeps the two apart.
    """
    if requisition:
        end = re.search(rf"_({re.escape(requisition)}(?:-\d+)?)$", path)
        if end:
            return checked_id(end.group(1), where)
    return checked_id(path, where)


def _detail_locations(info: Fields) -> tuple[Location, ...]:
    """The main place with the requisition's country, then the others."""
    first = info.text("location")
    country = info.object("jobRequisitionLocation").object("country").text("alpha2Code")
    if country is None:
        country = info.object("country").text("descriptor")
    main = (Location(first, country=country_code(country)),) if first else ()
    return main + tuple(Location(text) for text in info.texts("additionalLocations") if text != first)


def _days_ago(text: str | None) -> int | None:
    """ "Posted 3 Days Ago" -> 3; "Posted 30+ Days Ago" and words of another language -> None."""
    if text is None:
        return None
    words = text.lower()
    if "today" in words or "yesterday" in words:
        return int("yesterday" in words)
    count = _DAYS.search(words)
    return int(count.group(1)) if count and not count.group(2) else None


def _stable(response: Response) -> bytes:
    envelope = Fields(json_answer(response, _GONE))
    kept = [
        {k: v for k, v in row.value.items() if k != "postedOn"} for row in rows(envelope.value, "jobPostings")
    ]
    return json.dumps([envelope.value.get("total"), kept], sort_keys=True).encode()


def _question(asked: Request) -> dict[str, Any]:
    try:
        question = json.loads(asked.body or b"{}")
    except ValueError:
        question = {}
    plain = {"appliedFacets": {}, "limit": LIMIT, "offset": 0, "searchText": ""}
    return plain | question if isinstance(question, dict) else plain


def _offset(asked: Request) -> int:
    offset = _question(asked)["offset"]
    return offset if isinstance(offset, int) and offset > 0 else 0


def _following_request(
    asked: Request, offset: int | None, total: int | None, parts: tuple[Part, ...]
) -> Request | None:
    """The same question from `offset` on; at its end, the first of the parts."""
    if offset is not None:
        memo: dict[str, Any] = {"total": total, "promised": asked.memo.get("promised", 0), "parts": parts}
        return _request(asked.url, _question(asked) | {"offset": offset}, memo)
    if not parts:
        return None
    part, *others = parts
    memo = {"total": part.count, "promised": part.count, "parts": tuple(others)}
    return _request(asked.url, _question(asked) | {"offset": 0, "appliedFacets": part.applied}, memo)


def _request(url: str, question: dict[str, Any], memo: dict[str, Any]) -> Request:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    body = json.dumps(question, separators=(",", ":")).encode()
    return Request(url, "POST", headers, body, {name: value for name, value in memo.items() if value})
