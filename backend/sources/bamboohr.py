"""BambooHR: the JSON behind its careers pages, and the HTML widget of older ones. Details hold the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from backend.domain.exchange import SourceChanged, SourceGone
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import parse_salary
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import fingerprint_or_body, is_page, json_answer, page_answer
from backend.sources.base import Page, Request, Response, Source
from backend.sources.elements import attribute, first, resolve, text_of
from backend.sources.shapes import Fields, checked_id, rows
from backend.sources.web_list import listed

_WIDGET = "embed2.php"
_RESERVED = {"www", "app", "api", "help", "documentation", "partners", "marketplace", "status", "resources"}
# locationType; only 0 and 1 are sure
_MODES = {"0": "onsite", "1": "remote", "2": "hybrid"}
_POSITION = re.compile(r"bhrPositionID_(\d+)")
_NOTHING = re.compile(r"no (?:open |current |available )*(?:positions|openings|jobs)", re.IGNORECASE)
_NUMBER_AT_END = re.compile(r"(?:/|=)(\d{1,18})$")


class BambooHR(Source):
    """The token is the subdomain; `embed:SUBDOMAIN` is a company that still shows the old widget."""

    name = "bamboohr"
    label = "BambooHR"
    parser_version = 1
    url_forms = ("COMPANY.bamboohr.com/careers",)
    envelope = "result"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        company = slug(address.subdomain("bamboohr.com", _RESERVED))
        return f"embed:{company}" if company and _WIDGET in address.path else company

    def board_url(self, token: str) -> str:
        kind, _, company = token.rpartition(":")
        return f"https://{company}.bamboohr.com/{f'jobs/{_WIDGET}' if kind else 'careers'}"

    def first_request(self, token: str) -> Request:
        url = self.board_url(token)
        return Request(url if token.startswith("embed:") else f"{url}/list")

    def parse(self, response: Response) -> Page:
        if urlsplit(response.url).hostname == "www.bamboohr.com":
            raise SourceGone(f"{response.request.url} leads to BambooHR's own site: no such board")
        asked = response.request.url
        if is_page(response):
            tree = page_answer(response, "BambooHR's list of openings", _has_widget)
            return Page(merge_duplicates(list(_from_widget(tree, asked))))
        found = rows(json_answer(response), self.envelope)
        return Page(merge_duplicates([_posting(row, asked) for row in found]))

    def fingerprint(self, response: Response) -> bytes:
        if not is_page(response):
            return response.body
        return fingerprint_or_body(response, lambda answer: listed(self.parse(answer)))

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        url = resolve(list_request.url, f"/careers/{posting.external_id}/detail")
        return Request(url) if url else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        opening = Fields(json_answer(response), "").object("result").object("jobOpening")
        if not opening.value:
            raise SourceChanged("the answer has no object 'result.jobOpening'")
        url = posting.url or opening.link("jobOpeningShareUrl") or ""
        numbered = _NUMBER_AT_END.search(url)
        return replace(
            posting,
            external_id=posting.external_id or (numbered.group(1) if numbered else ""),
            title=opening.need_text("jobOpeningName"),
            url=url,
            locations=tuple(_locations(opening)) or posting.locations,
            # "" says: looked, and there is no text; None would ask again
            description_html=opening.text("description") or "",
            department=opening.text("departmentLabel") or posting.department,
            employment_type=opening.text("employmentStatusLabel") or posting.employment_type,
            work_mode=_work_mode(opening) or posting.work_mode,
            level=opening.text("minimumExperience"),
            salary=parse_salary(opening.text("compensation")),
            posted_at=opening.moment("datePosted"),
        )


def _posting(row: Fields, asked: str) -> Posting:
    external_id = row.need_id("id")
    return Posting(
        external_id=external_id,
        title=row.need_text("jobOpeningName"),
        url=resolve(asked, f"/careers/{external_id}"),
        locations=tuple(_locations(row)),
        department=row.text("departmentLabel"),
        employment_type=row.text("employmentStatusLabel"),
        work_mode=_work_mode(row),
    )


def _work_mode(row: Fields) -> str | None:
    kind = row.value.get("locationType")
    return "remote" if row.flag("isRemote") else _MODES.get(str(kind))


def _locations(row: Fields) -> Iterator[Location]:
    """`location` and `atsLocation` are filled by turns."""
    for place in (row.object("location"), row.object("atsLocation")):
        city, region = place.text("city"), place.text("state") or place.text("province")
        country = place.text("country") or place.text("addressCountry")
        text = ", ".join(part for part in (city, region, country) if part)
        if text:
            yield Location(text, city, region, country_code(country))
            return


def _has_widget(tree: HtmlElement) -> bool:
    """Openings, or a widget that says that there are none."""
    if first(tree, "BambooHR-ATS-Jobs-Item") is not None:
        return True
    board = first(tree, "BambooHR-ATS-board")
    if board is None:
        return False
    return first(board, "BambooHR-ATS-blankState") is not None or bool(_NOTHING.search(text_of(board) or ""))


def _from_widget(tree: HtmlElement, asked: str) -> Iterator[Posting]:
    for item in tree.find_class("BambooHR-ATS-Jobs-Item"):
        link = next(iter(item.iter("a")), None)
        found = _POSITION.fullmatch(attribute(item, "id") or "") or _NUMBER_AT_END.search(
            attribute(link, "href") or ""
        )
        title = text_of(link)
        if found is None or title is None:
            raise SourceChanged("BambooHR-ATS-Jobs-Item: an opening without number or title")
        number = checked_id(found.group(1), "BambooHR-ATS-Jobs-Item")
        place = text_of(first(item, "BambooHR-ATS-Location"))
        group = next(
            (one for one in item.iterancestors() if "Department-Item" in (one.get("class") or "")), None
        )
        yield Posting(
            external_id=number,
            title=title,
            url=resolve(asked, f"/careers/{number}"),
            locations=(Location(place),) if place else (),
            department=text_of(first(group, "BambooHR-ATS-Department-Header")) if group is not None else None,
        )
