"""SmartRecruiters: https://developers.smartrecruiters.com/docs/posting-api. Details hold the text."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address, slug
from backend.sources.answers import json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, joined, rows, section

API = "https://api.smartrecruiters.com/v1/companies"
PAGES = "https://jobs.smartrecruiters.com"
LIMIT = 100
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")
_RESERVED = {"oneclick-ui", "my-applications", "sr-jobs", "api", "static", "company", "job-search"}


class SmartRecruiters(Source):
    """An unknown company answers an empty list here: "unknown" and "no openings" look the same."""

    name = "smartrecruiters"
    label = "SmartRecruiters"
    parser_version = 1
    url_forms = ("careers.smartrecruiters.com/COMPANY", "jobs.smartrecruiters.com/COMPANY")
    envelope = "content"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        path = address.path
        if address.host == "api.smartrecruiters.com":
            path = path[2:] if path[:2] == ("v1", "companies") else ()
        elif address.host not in {"careers.smartrecruiters.com", "jobs.smartrecruiters.com"}:
            return None
        if path[:2] == ("oneclick-ui", "company"):
            path = path[2:]
        return slug(path[0], _RESERVED) if path else None

    def board_url(self, token: str) -> str:
        return f"https://careers.smartrecruiters.com/{token}"

    def first_request(self, token: str) -> Request:
        return Request(f"{API}/{token}/postings?limit={LIMIT}&offset=0")

    def parse(self, response: Response) -> Page:
        token = self.recognise(response.request.url)
        envelope = Fields(json_answer(response))
        found = rows(envelope.value, self.envelope)
        offset = _asked_offset(response.request.url)
        if offset is None:
            offset = envelope.whole("offset") or 0
        total = envelope.whole("totalFound")
        following = next_offset(offset, len(found), envelope.whole("limit") or LIMIT, total)
        return Page(
            merge_duplicates([_posting(row, token) for row in found]),
            next=_page_request(response.request, following) if following is not None else None,
            complete=following is not None or not total or offset + len(found) >= total,
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:
        return Request(f"{list_request.url.partition('?')[0]}/{posting.external_id}")

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        detail = Fields(json_answer(response))
        sections = detail.object("jobAd").object("sections")
        if not sections.value:
            raise detail.missing("jobAd.sections")
        parts = (sections.object(name) for name in _SECTIONS)
        text = joined(*(section(part.text("title"), part.text("text")) for part in parts))
        if "id" in detail.value:
            posting = _posting(detail, self.recognise(response.request.url))
        # "" says: looked, and there is no text; None would ask again
        return replace(posting, description_html=text or "")


def _posting(row: Fields, token: str | None) -> Posting:
    external_id = row.need_id("id")
    company = row.object("company")
    owner = company.text("identifier") or token
    place = row.object("location")
    employment, level = row.object("typeOfEmployment"), row.object("experienceLevel")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=f"{PAGES}/{owner}/{external_id}" if owner else "",
        company=company.text("name"),
        locations=_locations(place),
        department=row.object("department").text("label"),
        # "permanent" is the id of most; the label is translated, but only it tells full-time from part-time
        employment_type=" ".join(filter(None, (employment.text("label"), employment.text("id")))) or None,
        work_mode="remote" if place.flag("remote") else "hybrid" if place.flag("hybrid") else None,
        level=level.text("id") or level.text("label"),
        posted_at=row.moment("releasedDate"),
    )


def _locations(place: Fields) -> tuple[Location, ...]:
    city, region, country = place.text("city"), place.text("region"), place.text("country")
    full = place.text("fullLocation") or ", ".join(part for part in (city, region, country) if part)
    text = ", ".join(part.strip() for part in full.split(",") if part.strip())  # "Szczecin, , Poland"
    return (Location(text, city, region, country_code(country)),) if text else ()


def _asked_offset(url: str) -> int | None:
    asked = parse_qs(urlsplit(url).query).get("offset", [""])[0]
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def _page_request(asked: Request, offset: int) -> Request | None:
    base = asked.url.partition("?")[0]
    return Request(f"{base}?limit={LIMIT}&offset={offset}") if base else None
