"""Oracle Recruiting Cloud (Candidate Experience): lists paged inside `finder`; details hold the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import Address, parse_address
from backend.sources.answers import json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, expect_object, joined, rows

LIMIT = 25
_API = "hcmRestApi/resources/latest"
_HOST = re.compile(r"[a-z0-9-]+\.fa(?:\.[a-z0-9]+)?\.oraclecloud\d*\.(?:com|eu)")
_SITE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2})?")
# what follows the site in the addresses of customers' own hosts
_PAGES = {"jobs", "job", "requisitions", "my-profile"}
_TEXTS = (
    "ExternalDescriptionStr",
    "ExternalResponsibilitiesStr",
    "ExternalQualificationsStr",
    "CorporateDescriptionStr",
    "OrganizationDescriptionStr",
)


class Oracle(Source):
    """The token is HOST/SITE; one host may have many sites (CX_1, CX_1001, …)."""

    name = "oracle"
    label = "Oracle Recruiting"
    parser_version = 1
    url_forms = ("HOST.fa.REGION.oraclecloud.com/hcmUI/CandidateExperience/en/sites/SITE",)
    envelope = "requisitionList"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        known = bool(_HOST.fullmatch(address.host))
        site = _site(address, known)
        return f"{address.host}/{site}" if site and _SITE.fullmatch(site) else None

    def token_of(self, told: str) -> str | None:
        address = parse_address(told)
        site = _site(address, True) if address else None
        return f"{address.host}/{site}" if address and site and _SITE.fullmatch(site) else None

    def board_url(self, token: str) -> str:
        host, _, site = token.partition("/")
        if _HOST.fullmatch(host):
            return f"https://{host}/hcmUI/CandidateExperience/en/sites/{site}/jobs"
        return f"https://{host}/en/sites/{site}/jobs"

    def first_request(self, token: str) -> Request:
        host, _, site = token.partition("/")
        return _page_request(host, site, 0)

    def parse(self, response: Response) -> Page:
        search = _search(json_answer(response))
        found = rows(search.value, self.envelope)
        asked = _finder(response.request.url)
        token = self.recognise(response.request.url)
        board = self.board_url(token).removesuffix("/jobs") if token else None
        offset = _number(asked.get("offset"))
        total = search.whole("TotalJobsCount")
        following = next_offset(offset, len(found), _number(asked.get("limit")) or LIMIT, total)
        host = urlsplit(response.request.url).hostname
        return Page(
            merge_duplicates([_posting(row, board) for row in found]),
            next=_page_request(host, asked.get("siteNumber", ""), following) if following and host else None,
            complete=following is not None or not total or offset + len(found) >= total,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        site, host = _finder(list_request.url).get("siteNumber"), urlsplit(list_request.url).hostname
        if not site or not host or not _SITE.fullmatch(posting.external_id):
            return None
        finder = f"ById;Id=%22{posting.external_id}%22,siteNumber={site}"
        return Request(
            f"https://{host}/{_API}/recruitingCEJobRequisitionDetails?onlyData=true&expand=all&finder={finder}"
        )

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        answer = Fields(json_answer(response))
        detail = answer if "Id" in answer.value else next(iter(answer.objects("items")), None)
        if detail is None:
            raise SourceChanged("the answer has no item")
        own = _posting(detail, None)
        return replace(
            own,
            external_id=posting.external_id or own.external_id,
            url=posting.url,
            locations=own.locations or posting.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=joined(*(detail.text(name) for name in _TEXTS))
            or detail.text("ShortDescriptionStr")
            or "",
            employment_type=own.employment_type or posting.employment_type,
            work_mode=own.work_mode or posting.work_mode,
            posted_at=detail.moment("ExternalPostedStartDate") or posting.posted_at,
        )


def _site(address: Address, known_host: bool) -> str | None:
    path = address.path
    if "sites" in path[:4] and (path[:1] == ("hcmUI",) or _LANGUAGE.fullmatch(path[0])):
        after = path[path.index("sites") + 1 :]
        if after and (known_host or (len(after) > 1 and after[1] in _PAGES)):
            return after[0]
    if path[:1] == ("hcmRestApi",):
        return _finder_of(address.query.get("finder", "")).get("siteNumber")
    return None


def _search(answer: object) -> Fields:
    """The one item of a list answer; or the object itself, where a recording holds no more."""
    envelope = Fields(expect_object(answer))
    if "requisitionList" in envelope.value:
        return envelope
    if "items" not in envelope.value:
        raise SourceChanged("the answer has no list 'items'")
    items = rows(envelope.value, "items")
    if not items:
        raise SourceChanged("items: expected one search with its 'requisitionList', got none")
    return items[0]


def _posting(row: Fields, board: str | None) -> Posting:
    external_id = row.need_id("Id")
    return Posting(
        external_id=external_id,
        title=row.need_text("Title"),
        url=f"{board}/job/{external_id}" if board else "",
        locations=tuple(dict.fromkeys(_locations(row))),
        department=row.text("Department") or row.text("JobFamily"),
        employment_type=row.text("JobSchedule") or row.text("WorkerType") or row.text("ContractType"),
        work_mode=row.text("WorkplaceType"),
        posted_at=row.moment("PostedDate"),
    )


def _locations(row: Fields) -> Iterator[Location]:
    primary = row.text("PrimaryLocation")
    if primary:
        yield Location(primary, country=country_code(row.text("PrimaryLocationCountry")))
    for place in row.objects("secondaryLocations"):
        name = place.text("Name")
        if name:
            yield Location(name, country=country_code(place.text("CountryCode")))


def _finder(url: str) -> dict[str, str]:
    """`finder=findReqs;siteNumber=CX,limit=25,offset=0` as names and values."""
    return _finder_of(parse_qs(urlsplit(url).query).get("finder", [""])[0])


def _finder_of(finder: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in unquote(finder).partition(";")[2].split(","))
    return {name: value for name, _, value in pairs if value}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _page_request(host: str, site: str, offset: int) -> Request:
    """Outside `finder`, limit and offset are ignored."""
    finder = f"findReqs;siteNumber={site},limit={LIMIT},offset={offset},sortBy=POSTING_DATES_DESC"
    return Request(
        f"https://{host}/{_API}/recruitingCEJobRequisitions?onlyData=true"
        f"&expand=requisitionList.secondaryLocations&finder={finder}"
    )
